import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** The requests that a server is at work on. */
export interface RequestsUnderWay {
  /** Resolves when there is none: each was answered, whether or not its caller was still there to hear it. */
  over(): Promise<void>;
}

/** Watches the requests of a server, from now on. */
export const requestsUnderWay = (server: Server): RequestsUnderWay => {
  const open = new Set<ServerResponse>();
  let tell: () => void = () => undefined;
  const done = (response: ServerResponse): void => {
    open.delete(response);
    if (open.size === 0) tell();
  };
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    open.add(response);
    // A response whose caller has gone says neither that it finished nor when, so the handler's own word for it counts.
    response.end = new Proxy(response.end, {
      apply: (end, self, args) => {
        done(response);
        return Reflect.apply(end, self, args);
      },
    });
    // What came in part is never handled.
    request.once('close', () => {
      if (!request.complete) done(response);
    });
  });
  return {
    over: async () => {
      while (open.size > 0)
        await new Promise<void>((resolve) => {
          tell = resolve;
        });
    },
  };
};
