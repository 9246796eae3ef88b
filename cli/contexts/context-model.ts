import * as z from 'zod';

/** Name of a context, as it is typed. */
export const contextNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'is no name: letters, digits, . _ - (at most 64)');

/** A deployment on AWS: requests are signed with the credentials of the default chain, or of a profile. */
const awsContextSchema = z.strictObject({
  kind: z.literal('aws'),
  server: z.url({ protocol: /^https?$/, error: 'is not an http or https address' }),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'is no AWS region'),
  profile: z.string().min(1).optional(),
});

/** A server that asks for a bearer token, which is in a file. */
const tokenContextSchema = z.strictObject({
  kind: z.literal('token'),
  server: z.url({ protocol: /^https?$/, error: 'is not an http or https address' }),
  tokenFile: z.string().min(1).optional(),
});

/** The local cloud of a state directory. */
const localContextSchema = z.strictObject({
  kind: z.literal('local'),
  stateDir: z.string().min(1).optional(),
  fleet: z.string().min(1).optional(),
});

/** Where Drover is, and how one proves there who one is. Never a secret: tokens and credentials are where they are kept. */
export const contextSchema = z.discriminatedUnion('kind', [awsContextSchema, tokenContextSchema, localContextSchema]);
export type Context = z.infer<typeof contextSchema>;

/** The file of contexts. `current` is the one that commands use. */
export const contextsSchema = z.strictObject({
  current: contextNameSchema.optional(),
  contexts: z.record(contextNameSchema, contextSchema).default({}),
});
export type Contexts = z.infer<typeof contextsSchema>;
