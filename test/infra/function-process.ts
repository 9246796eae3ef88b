import { pathToFileURL } from 'node:url';
import * as z from 'zod';

/** Loads a bundle named on the command line and calls its handler with each event that the parent sends, one after another as Lambda does. */
const [file = ''] = process.argv.slice(2);
const loading: Promise<{ readonly handler: Handler }> = import(pathToFileURL(file).href);

type Handler = (event: unknown, context: Readonly<Record<string, unknown>>) => Promise<unknown>;

const callSchema = z.object({ id: z.number(), event: z.string() });

/** An answer to one call; `result` and `event` are JSON texts. */
export type Answer =
  | { readonly id: number; readonly result: string }
  | { readonly id: number; readonly error: { readonly name: string; readonly message: string } };

const answerTo = async ({ id, event }: z.infer<typeof callSchema>): Promise<Answer> => {
  try {
    const { handler } = await loading;
    const result = await handler(JSON.parse(event), { awsRequestId: `request-${id}` });
    return { id, result: JSON.stringify(result ?? null) };
  } catch (error) {
    const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
    return { id, error: { name, message } };
  }
};

let last: Promise<unknown> = Promise.resolve();
process.on('message', (message) => {
  const call = callSchema.parse(message);
  last = last.then(async () => process.send?.(await answerTo(call)));
});
