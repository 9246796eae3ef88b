import * as z from 'zod';

/** What the console asks its server at its start (`GET /console/settings.json`): who may come in, and how. */
export const consoleSettingsSchema = z.object({
  version: z.string(),
  signIn: z.discriminatedUnion('kind', [
    /** By the token of the server. */
    z.object({ kind: z.literal('token') }),
    /** At an issuer of tokens (OpenID Connect), by authorization code with PKCE. */
    z.object({
      kind: z.literal('oidc'),
      issuer: z.string(),
      clientId: z.string(),
      scope: z.string(),
      /** Who the tokens are for. */
      audience: z.string(),
    }),
  ]),
});
export type ConsoleSettings = z.infer<typeof consoleSettingsSchema>;
