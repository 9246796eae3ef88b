import * as z from 'zod';

/** Answer of `GET /v1/version`. */
export const versionViewSchema = z.object({ name: z.literal('drover'), version: z.string() });
export type VersionView = z.infer<typeof versionViewSchema>;

/** Answer of `GET /healthz`. */
export const healthViewSchema = z.object({ status: z.literal('ok') });
export type HealthView = z.infer<typeof healthViewSchema>;

/** What was looked at, how it is, and what to do about it: the right that is missing, or the command that helps. */
export const checkSchema = z.object({
  check: z.string(),
  status: z.enum(['ok', 'warning', 'problem']),
  says: z.string(),
  advice: z.string().exactOptional(),
});
export type Check = Readonly<z.infer<typeof checkSchema>>;

/** Answer of `GET /v1/examination`. */
export const examinationViewSchema = z.object({ checks: z.array(checkSchema) });
export type ExaminationView = z.infer<typeof examinationViewSchema>;
