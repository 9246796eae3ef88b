import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** One call of the table as it goes over the wire. */
export interface WireCall {
  readonly operation: string;
  // biome-ignore lint/suspicious/noExplicitAny: bodies are whatever the SDK wrote; tests look into them.
  readonly body: any;
}

/** What goes back. */
export interface WireAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: see WireCall.
  readonly body: any;
}

/** Answers a call, by itself or by handing it (or a changed one) to the table. */
export type Intercept = (call: WireCall, forward: (call: WireCall) => Promise<WireAnswer>) => Promise<WireAnswer>;

/** A proxy before the table that notes every call and can answer in its place. */
export interface RecordingProxy {
  readonly endpoint: string;
  /** Calls so far, oldest first. */
  readonly calls: readonly WireCall[];
  /** Forgets the calls so far. */
  forget(): void;
  intercept(next: Intercept): void;
  stop(): Promise<void>;
}

const forwardTo =
  (endpoint: string, headers: IncomingMessage['headers']) =>
  async ({ operation, body }: WireCall): Promise<WireAnswer> => {
    const answer = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDB_20120810.${operation}`,
        'x-amz-date': String(headers['x-amz-date']),
        authorization: String(headers.authorization),
      },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: await answer.json() };
  };

/** Starts a proxy before a table's endpoint. */
export const startProxy = async (endpoint: string): Promise<RecordingProxy> => {
  const calls: WireCall[] = [];
  let intercept: Intercept = (call, forward) => forward(call);
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
    const call = { operation, body: JSON.parse(await text(request)) };
    calls.push(call);
    const answer = await intercept(call, forwardTo(endpoint, request.headers));
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(answer.body));
  };
  const server = createServer((request, response) => {
    handle(request, response).catch((error) => response.destroy(error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    calls,
    forget: () => {
      calls.length = 0;
    },
    intercept: (next) => {
      intercept = next;
    },
    stop: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
};
