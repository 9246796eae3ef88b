import * as z from 'zod';

/** Paths of the web console; the page and its routes are all below `root`. */
export const consolePaths = {
  root: '/console/',
  /** The first screen; links and redirects name it, as a route of API Gateway that ends in {proxy+} may want something there. */
  home: '/console/runs',
  /** What the page asks for at its start. */
  settings: '/console/settings.json',
  /** Where the issuer sends people back to. */
  signedIn: '/console/signed-in',
} as const;

/** By a bearer token of this server, such as the one of a local cloud. It comes in the fragment of the address, or by hand. */
const tokenSignInSchema = z.object({ kind: z.literal('token') });

/** At an issuer of tokens (OpenID Connect): authorization code with PKCE, as a public client. */
const oidcSignInSchema = z.object({
  kind: z.literal('oidc'),
  /** Its `/.well-known/openid-configuration` says where everything else is. */
  issuer: z.url({ protocol: /^https?$/ }),
  clientId: z.string().min(1),
  /** Scopes to ask for, apart by spaces. */
  scope: z.string().min(1),
  /** Whom the tokens are for. */
  audience: z.string().min(1),
});

/** What the page of the console asks for at its start: `GET /console/settings.json`. Never a secret: everybody can read it. */
export const consoleSettingsSchema = z.object({
  /** Version of Drover that serves the page. */
  version: z.string().min(1),
  /** How people prove who they are. */
  signIn: z.discriminatedUnion('kind', [tokenSignInSchema, oidcSignInSchema]),
});
export type ConsoleSettings = Readonly<z.infer<typeof consoleSettingsSchema>>;
