import * as z from 'zod';

/** What the table's process says once, on its IPC channel: where it listens, or why it cannot open its folder. */
export const tableReportSchema = z.union([z.object({ port: z.int() }), z.object({ refused: z.string() })]);

/** Report of the table's process. */
export type TableReport = z.output<typeof tableReportSchema>;
