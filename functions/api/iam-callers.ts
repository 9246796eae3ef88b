import { Hono } from 'hono';
import * as z from 'zod';
import type { ApiDeps, ApiEnv } from './api-env.ts';

/** Where API Gateway says who signed a request (HTTP API with IAM authorization, payload 2.0). */
const signedEventSchema = z.object({
  requestContext: z.object({ authorizer: z.object({ iam: z.object({ userArn: z.string().min(1) }) }) }),
});

/** What Hono's Lambda adapter hands to an app beside the request. */
interface LambdaEnv {
  readonly Bindings: { readonly event: unknown };
}

/** Who calls, behind a gateway that has checked the signature. */
export interface IamCallers {
  /** For the app: the caller of the request that carries this token. */
  readonly authorize: ApiDeps['authorize'];
  /** Puts the app behind the gateway. */
  mount(app: Hono<ApiEnv>): Hono<LambdaEnv>;
}

/**
 * Tells the app who calls. The app knows callers by bearer tokens, the gateway by their signature: so each request gets a token of its own
 * in place of the signature, which is good until the request is answered and names the caller's ARN. A request that the gateway did not
 * authorize gets none.
 */
export const createIamCallers = (newToken: () => string): IamCallers => {
  const callers = new Map<string, string>();
  return {
    authorize: (token) => (token === undefined ? undefined : callers.get(token)),
    mount: (app) =>
      new Hono<LambdaEnv>().all('*', async ({ req, env }) => {
        const token = newToken();
        const signed = signedEventSchema.safeParse(env.event);
        if (signed.success) callers.set(token, signed.data.requestContext.authorizer.iam.userArn);
        req.raw.headers.set('authorization', `Bearer ${token}`);
        try {
          return await app.fetch(req.raw);
        } finally {
          callers.delete(token);
        }
      }),
  };
};
