import { Hono } from 'hono';
import * as z from 'zod';
import type { ApiDeps, ApiEnv } from './api-env.ts';

/** Where API Gateway says who signed a request (HTTP API with IAM authorization, payload 2.0), or whose token it carries (JWT authorizer). */
const guardedEventSchema = z.object({
  requestContext: z.object({
    authorizer: z.union([
      z.object({ iam: z.object({ userArn: z.string().min(1) }) }).transform(({ iam }) => iam.userArn),
      // Never an ARN, so that nobody's subject can be taken for a user of AWS.
      z
        .object({ jwt: z.object({ claims: z.object({ sub: z.string().min(1) }) }) })
        .transform(({ jwt }) => `oidc:${jwt.claims.sub}`),
    ]),
  }),
});

/** What Hono's Lambda adapter hands to an app beside the request. */
interface LambdaEnv {
  readonly Bindings: { readonly event: unknown };
}

/** Who calls, behind a gateway that has checked the signature or token. */
export interface GatewayCallers {
  /** For the app: the caller of the request that carries this token. */
  readonly authorize: ApiDeps['authorize'];
  /** Puts the app behind the gateway. */
  mount(app: Hono<ApiEnv>): Hono<LambdaEnv>;
}

/**
 * Tells the app who calls. The app knows callers by bearer tokens, the gateway by their signature or by the token
 * of an issuer: so each request gets a token of its own in place of these, which is good until the request is answered and names the caller: the
 * ARN of an AWS identity, or `oidc:` and the subject of a token. A request that the gateway did not
 * authorize gets none.
 */
export const createGatewayCallers = (newToken: () => string): GatewayCallers => {
  const callers = new Map<string, string>();
  return {
    authorize: (token) => (token === undefined ? undefined : callers.get(token)),
    mount: (app) =>
      new Hono<LambdaEnv>().all('*', async ({ req, env }) => {
        const token = newToken();
        const guarded = guardedEventSchema.safeParse(env.event);
        if (guarded.success) callers.set(token, guarded.data.requestContext.authorizer);
        req.raw.headers.set('authorization', `Bearer ${token}`);
        try {
          return await app.fetch(req.raw);
        } finally {
          callers.delete(token);
        }
      }),
  };
};
