import type { DroverClient } from '#shared/client/client.ts';
import type { ResultView } from '#shared/contract/run-views.ts';
import type { RunId } from '#shared/model/ids.ts';
import type { Stream } from '#shared/script/upload-key.ts';

/** One stream of one result. */
export interface StreamPlace {
  readonly client: DroverClient;
  readonly runId: RunId;
  readonly result: ResultView;
  readonly stream: Stream;
}

/** All that is kept of a stream: where the result shows only head and tail, the bytes beside it. */
export const streamBlob = async ({ client, runId, result, stream }: StreamPlace): Promise<Blob> => {
  if (result.uploads?.[stream] === undefined) return new Blob([result[stream]]);
  const parts: BlobPart[] = [];
  for await (const part of await client.downloadOutput(runId, { result: result.resultId, stream }))
    parts.push(new Uint8Array(part));
  return new Blob(parts);
};

/** The same as text. */
export const streamText = async (place: StreamPlace): Promise<string> => (await streamBlob(place)).text();

/** Gives bytes to the person as a file. */
export const saveFile = (blob: Blob, name: string): void => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser has taken the bytes by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
};
