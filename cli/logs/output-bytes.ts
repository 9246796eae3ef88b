import type { ResultView } from '#shared/contract/run-views.ts';
import type { Stream } from '#shared/script/upload-key.ts';
import type { LogsTarget } from './find-results.ts';

/** The bytes of a stream, chunk by chunk: all of them where they are kept beside the result, else its text. */
export async function* outputBytes(
  { client, runId }: Pick<LogsTarget, 'client' | 'runId'>,
  result: ResultView,
  stream: Stream,
): AsyncGenerator<Uint8Array> {
  if (result.uploads?.[stream] === undefined) yield Buffer.from(result[stream]);
  else yield* await client.downloadOutput(runId, { result: result.resultId, stream });
}
