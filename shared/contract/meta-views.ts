import * as z from 'zod';

/** Answer of `GET /v1/version`. */
export const versionViewSchema = z.object({ name: z.literal('drover'), version: z.string() });
export type VersionView = z.infer<typeof versionViewSchema>;

/** Answer of `GET /healthz`. */
export const healthViewSchema = z.object({ status: z.literal('ok') });
export type HealthView = z.infer<typeof healthViewSchema>;
