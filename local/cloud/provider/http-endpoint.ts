import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Faults } from '../fault-plan.ts';
import { CloudFault } from './cloud-fault.ts';

/** Cloud Assistant's parameters travel in the request line: 24 KiB of percent-encoded base64 and more. */
const HEADER_BYTES = 256 * 1024;
const LONGEST_BODY_BYTES = 4 * 1024 * 1024;

/** One call as it came in. */
export interface Call {
  readonly headers: IncomingHttpHeaders;
  readonly url: string;
  readonly body: string;
}

/** What goes back. */
export interface Reply {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** How a cloud speaks: which calls are its own, what it does with them, what its errors look like. */
export interface Dialect {
  /** The action of a call in this dialect; undefined for calls in another. */
  actionOf(call: Call): string | undefined;
  /** @throws CloudFault */
  handle(action: string, call: Call): Reply;
  fault(fault: CloudFault): Reply;
  throttled(): Reply;
}

/** What the endpoint stands on. `settle` is called before each reply leaves: what it tells of must be durable. */
export interface EndpointDeps {
  readonly dialects: readonly Dialect[];
  readonly faults: Faults;
  readonly settle: () => void;
}

/** A loopback HTTP server that speaks several clouds' dialects. */
export class HttpEndpoint {
  readonly #deps: EndpointDeps;
  readonly #server: Server;
  readonly #calls = new Map<string, number>();

  constructor(deps: EndpointDeps) {
    this.#deps = deps;
    this.#server = createServer({ maxHeaderSize: HEADER_BYTES, keepAliveTimeout: 60_000 }, (request, response) => {
      void this.#serve(request, response);
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    const address = this.#server.address();
    if (address === null || typeof address === 'string')
      throw new Error('The endpoint of the local cloud has no port.');
    return address.port;
  }

  /** How often each action was called, refused calls included. */
  calls(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#calls);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    if (body === undefined) {
      request.destroy();
      return;
    }
    const call = { headers: request.headers, url: request.url ?? '/', body };
    const reply = this.#answer(call);
    if (this.#deps.faults.dropsResponse()) {
      request.socket.resetAndDestroy();
      return;
    }
    response.writeHead(reply.status, { ...reply.headers, 'content-length': Buffer.byteLength(reply.body) });
    response.end(reply.body);
  }

  #answer(call: Call): Reply {
    for (const dialect of this.#deps.dialects) {
      const action = dialect.actionOf(call);
      if (action !== undefined) return this.#answerIn(dialect, action, call);
    }
    return {
      status: 404,
      headers: { 'content-type': 'text/plain' },
      body: 'No cloud of this endpoint has such an action.\n',
    };
  }

  #answerIn(dialect: Dialect, action: string, call: Call): Reply {
    this.#calls.set(action, (this.#calls.get(action) ?? 0) + 1);
    if (this.#deps.faults.throttles(action)) return dialect.throttled();
    try {
      return dialect.handle(action, call);
    } catch (cause) {
      return dialect.fault(
        cause instanceof CloudFault ? cause : new CloudFault('InternalServerError', String(cause), 500),
      );
    } finally {
      this.#deps.settle();
    }
  }
}

/** The body of a request; undefined when the caller went away or sends without end. */
const readBody = async (request: IncomingMessage): Promise<string | undefined> => {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > LONGEST_BODY_BYTES) return undefined;
    }
  } catch {
    // The connection was lost before the call was complete: there is nobody to answer.
    return undefined;
  }
  return Buffer.concat(chunks).toString('utf8');
};
