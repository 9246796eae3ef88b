import { createServer, request } from 'node:http';
import { type Dynalite, startDynalite } from '#test/kit/dynalite.ts';
import { addressOf } from './loopback.ts';

/** A table, and what was asked of it through `endpoint`. */
export interface CountedTable {
  readonly table: Dynalite;
  /** Where the counted calls go. */
  readonly endpoint: string;
  /** Items written, however many a call carries. */
  readonly itemsWritten: () => number;
  /** Calls that read, and write, what there is to know of shared rate limits. */
  readonly rates: { readonly reads: number; readonly writes: number };
  /** Calls by action. */
  readonly calls: Readonly<Record<string, number>>;
  stop(): Promise<void>;
}

const bulkItems = (body: string): number => {
  const { RequestItems = {} }: { readonly RequestItems?: Readonly<Record<string, readonly unknown[]>> } =
    JSON.parse(body);
  return Object.values(RequestItems).reduce((sum, items) => sum + items.length, 0);
};

/** Items that a call writes, a refused one too: it is paid for. */
const writesOf = (action: string, body: string): number => {
  if (action === 'BatchWriteItem') return bulkItems(body);
  return ['PutItem', 'UpdateItem', 'DeleteItem'].includes(action) ? 1 : 0;
};

/** Starts dynalite behind a server that counts. */
export const startCountedTable = async (): Promise<CountedTable> => {
  const table = await startDynalite();
  const { hostname, port } = new URL(table.endpoint);
  const calls: Record<string, number> = {};
  let itemsWritten = 0;
  const rates = { reads: 0, writes: 0 };
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const action = String(incoming.headers['x-amz-target'] ?? '').split('.')[1] ?? '';
    calls[action] = (calls[action] ?? 0) + 1;
    const written = writesOf(action, body.toString());
    itemsWritten += written;
    if (body.includes('"rate#')) rates[written > 0 ? 'writes' : 'reads'] += 1;
    const forwarded = request(
      { hostname, port, method: incoming.method, path: incoming.url, headers: incoming.headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
      },
    );
    forwarded.on('error', () => outgoing.destroy());
    forwarded.end(body);
  });
  return {
    table,
    endpoint: await addressOf(server),
    itemsWritten: () => itemsWritten,
    rates,
    calls,
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await table.stop();
    },
  };
};
