/**
 * The client without the SDK's log of calls. Nobody reads that log, and for every call the SDK copies what went in and what came out, field
 * by field, to hand the copies to a logger that does nothing.
 */
export const withoutCallLog = <Client extends { readonly middlewareStack: { remove(name: string): boolean } }>(
  client: Client,
): Client => {
  client.middlewareStack.remove('loggerMiddleware');
  return client;
};
