import { pathToFileURL } from 'node:url';

/** What the parent sends: a bundle, and the events to call it with, one after another. */
export interface Order {
  readonly file: string;
  readonly events: readonly unknown[];
}

/** What became of one event. */
export type Reply =
  | { readonly result: unknown }
  | { readonly error: { readonly name: string; readonly message: string } };

/** What the child sends back. `initMs` is the time that loading the bundle took, `initCpuMs` what of it was work: others' work is not in it. */
export interface Report {
  readonly initMs: number;
  readonly initCpuMs: number;
  readonly exports: readonly string[];
  readonly replies: readonly Reply[];
}

type Handler = (event: unknown, context: { readonly awsRequestId: string }) => Promise<unknown>;

const replyTo = async (handler: Handler, event: unknown): Promise<Reply> => {
  try {
    return { result: await handler(event, { awsRequestId: 'request-1' }) };
  } catch (error) {
    return {
      error:
        error instanceof Error ? { name: error.name, message: error.message } : { name: '', message: String(error) },
    };
  }
};

process.once('message', async ({ file, events }: Order) => {
  const [before, cpu] = [performance.now(), process.cpuUsage()];
  const loaded = await import(pathToFileURL(file).href);
  const initMs = performance.now() - before;
  const { user, system } = process.cpuUsage(cpu);
  const replies: Reply[] = [];
  for (const event of events) replies.push(await replyTo(loaded.handler, event));
  const report: Report = { initMs, initCpuMs: (user + system) / 1000, exports: Object.keys(loaded), replies };
  process.send?.(report, () => process.disconnect());
});
