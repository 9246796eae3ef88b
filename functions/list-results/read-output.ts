import type { OutputContent } from '#functions/api/services.ts';
import { requireRun } from '#functions/records/change-run.ts';
import { type OutputStream, openOutput } from '#functions/records/output-stream.ts';
import type { OutputPlace, OutputQuery } from '#shared/contract/requests.ts';
import type { OutputPage } from '#shared/contract/run-views.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { parseResultId, type RunId } from '#shared/model/ids.ts';
import type { Blobs } from '#shared/ports/services.ts';
import type { LedgerStore, RunStore } from '#shared/ports/store.ts';

/** What reading output needs. */
export interface ReadOutputDeps {
  readonly store: Pick<RunStore, 'get'> & Pick<LedgerStore, 'getResult'>;
  readonly blobs: Blobs;
}

/** An address for reading holds so long: enough to begin. */
const addressSeconds = 300;

const openStream = async (
  deps: ReadOutputDeps,
  runId: RunId,
  { result, stream }: OutputPlace,
): Promise<OutputStream> => {
  await requireRun(deps.store, runId);
  const record = await deps.store.getResult(runId, parseResultId(result));
  if (record === undefined)
    throw new AppError('output.not-found', `Run ${runId} has no result ${result}`, {
      hint: 'Take the resultId of a row of GET /v1/runs/{runId}/results.',
    });
  return openOutput(deps.blobs, record.outcome, stream);
};

/** Somebody wrote over it: whoever had the form of that operation can. */
const endsEarly = ({ keptBytes }: OutputStream, bytes: number): AppError =>
  new AppError('output.damaged', `The kept output ends after ${bytes} of ${keptBytes} bytes`);

/** Bytes up to where the last whole character of UTF-8 ends; all of them when they are no UTF-8. */
const wholeCharacters = (bytes: Uint8Array): number => {
  for (let back = 1; back <= Math.min(4, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes.length;
    if (byte < 0xc0) continue;
    const length = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    return length > back && back < bytes.length ? bytes.length - back : bytes.length;
  }
  return bytes.length;
};

const take = async (stream: OutputStream, offset: number, limit: number): Promise<Uint8Array> => {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream.read(offset)) {
    parts.push(chunk.subarray(0, limit - size));
    size += chunk.length;
    if (size >= limit) break;
  }
  return Buffer.concat(parts);
};

/**
 * A part of the output of one stream of one result, from an offset.
 * @throws AppError `run.not-found`, `output.not-found`, `output.damaged`
 */
export const readOutput =
  (deps: ReadOutputDeps) =>
  async (runId: RunId, query: OutputQuery): Promise<OutputPage> => {
    const stream = await openStream(deps, runId, query);
    const bytes = await take(stream, query.offset, query.limit);
    const isLast = query.offset + bytes.length >= stream.keptBytes;
    if (!isLast && bytes.length < query.limit) throw endsEarly(stream, query.offset + bytes.length);
    const part = isLast ? bytes : bytes.subarray(0, wholeCharacters(bytes));
    const nextOffset = query.offset + part.length;
    return {
      resultId: query.result,
      stream: query.stream,
      offset: query.offset,
      ...(nextOffset >= stream.keptBytes ? {} : { nextOffset }),
      text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(part),
      keptBytes: stream.keptBytes,
      totalBytes: stream.totalBytes,
      complete: stream.complete,
      sha256: stream.sha256,
    };
  };

/**
 * All that is kept of one stream. What the node uploaded has an address of its own, so that it need not pass through here.
 * @throws AppError `run.not-found`, `output.not-found`, `output.damaged`
 */
export const openOutputContent =
  (deps: ReadOutputDeps) =>
  async (runId: RunId, place: OutputPlace): Promise<OutputContent> => {
    const { upload, complete, sha256, read } = await openStream(deps, runId, place);
    const content = { complete, sha256, chunks: () => read(0) };
    if (upload === undefined) return content;
    const { nodeId } = parseResultId(place.result);
    const grant = { expiresSeconds: addressSeconds, gzip: upload.gzip, fileName: `${nodeId}.${place.stream}` };
    const address = await deps.blobs.addressOf(upload.blob, grant);
    return { ...content, ...(address === undefined ? {} : { address }) };
  };
