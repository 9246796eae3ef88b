import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it came over the wire. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly target: string;
  readonly body: Buffer;
}

/** What the server says; `drop` ends the connection without an answer. */
export type WireAnswer =
  | {
      readonly status: number;
      readonly body?: string | Uint8Array;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | 'drop';

/** A server on the loopback that answers as it is told and remembers what it was asked. */
export interface WireServer {
  readonly endpoint: string;
  readonly requests: readonly WireRequest[];
  stop(): Promise<void>;
}

const requestOf = async (request: IncomingMessage): Promise<WireRequest> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    target: String(request.headers['x-amz-target'] ?? ''),
    body: Buffer.concat(chunks),
  };
};

/** Starts one. `answer` gets each request and how many came before it. */
export const startWireServer = async (
  answer: (request: WireRequest, before: number) => WireAnswer,
): Promise<WireServer> => {
  const requests: WireRequest[] = [];
  const server = createServer(async (incoming, response) => {
    const request = await requestOf(incoming);
    requests.push(request);
    const said = answer(request, requests.length - 1);
    if (said === 'drop') return void incoming.socket.destroy();
    response.writeHead(said.status, said.headers).end(said.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    requests,
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};

/** Where a client of a service finds the server. */
export const clientOf = (server: WireServer) => ({
  endpoint: server.endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});
