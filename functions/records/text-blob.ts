import * as z from 'zod';

/** Content of an outcome's text blob. */
export const textBlobSchema = z.strictObject({ stdout: z.string(), stderr: z.string() });
export type TextBlob = z.infer<typeof textBlobSchema>;
