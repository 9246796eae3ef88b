import type { ResultView } from '#shared/contract/run-views.ts';
import { streams } from '#shared/script/upload-key.ts';
import type { TextSink } from '../host.ts';
import { resultHeading, resultText } from '../output/output-text.ts';
import { safeText } from '../output/safe-text.ts';
import type { Session } from '../session.ts';
import type { LogsTarget } from './find-results.ts';
import { outputBytes } from './output-bytes.ts';

/** How much of a result is printed: head and tail of long output, all of it, or nothing but its bytes. */
export type Amount = 'short' | 'full' | 'raw';

type Target = Pick<LogsTarget, 'client' | 'runId'>;

/** Prints lines of a stream as they come, each behind a mark; safe for a terminal where asked. Nothing is held but the last line. */
const printLines = async (
  sink: TextSink,
  chunks: AsyncIterable<Uint8Array>,
  { mark, safe }: { readonly mark: string; readonly safe: boolean },
): Promise<void> => {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let isWithinLine = false;
  const print = (given: string): void => {
    const text = safe ? safeText(given) : given;
    if (text === '') return;
    const marked = text.replaceAll(/(?<=^|\n)(?=.|\n)/g, mark);
    sink.write(isWithinLine ? marked.slice(mark.length) : marked);
    isWithinLine = !text.endsWith('\n');
  };
  for await (const chunk of chunks) print(decoder.decode(chunk, { stream: true }));
  print(decoder.decode());
  if (isWithinLine) sink.write('\n');
};

/** Prints one result. */
export const printResult = async (
  { host, style }: Session,
  target: Target,
  { result, amount }: { readonly result: ResultView; readonly amount: Amount },
): Promise<void> => {
  const safe = host.stdout.isTerminal;
  if (amount === 'short') {
    host.stdout.write(resultText(result, { style, safe }));
    return;
  }
  if (amount === 'raw') {
    for (const stream of streams)
      for await (const chunk of outputBytes(target, result, stream)) host[stream].writeBytes(chunk);
    return;
  }
  host.stdout.write(resultHeading(result, style));
  await printLines(host.stdout, outputBytes(target, result, 'stdout'), { mark: '', safe });
  await printLines(host.stdout, outputBytes(target, result, 'stderr'), { mark: `${style.red('stderr')} `, safe });
};
