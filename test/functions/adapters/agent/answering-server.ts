import { createServer, type IncomingMessage } from 'node:http';
import { onTestFinished } from 'vitest';

/** An answer; `reset` breaks the connection instead. */
export type CannedAnswer =
  | 'reset'
  | { readonly status: number; readonly body: string; readonly headers?: Readonly<Record<string, string>> };

/** A request as it arrived. */
export interface SeenRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A server on loopback that gives canned answers, one a request and then the last one again, and stops with the test. */
export const answeringServer = async (
  ...answers: readonly CannedAnswer[]
): Promise<{ readonly address: string; readonly seen: readonly SeenRequest[] }> => {
  const seen: SeenRequest[] = [];
  const server = createServer({ maxHeaderSize: 256 * 1024 }, async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const answer = answers[Math.min(seen.length, answers.length - 1)] ?? 'reset';
    const { url = '', method = '', headers } = request;
    seen.push({ url, method, headers, body: Buffer.concat(chunks).toString() });
    if (answer === 'reset') request.socket.resetAndDestroy();
    else response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return { address: `127.0.0.1:${address.port}`, seen };
};

/** What a call was rejected with. */
export const rejectionOf = async (call: Promise<unknown>): Promise<unknown> => {
  try {
    await call;
  } catch (error) {
    return error;
  }
  throw new Error('The call was answered.');
};
