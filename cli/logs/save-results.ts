import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import pMap from 'p-map';
import type { ResultView } from '#shared/contract/run-views.ts';
import { type Stream, streams } from '#shared/script/upload-key.ts';
import { findResults, type LogsTarget } from './find-results.ts';
import { outputBytes } from './output-bytes.ts';

/** Files written at once. */
const width = 4;

/** One file that was written. */
export interface SavedFile {
  /** In the folder. */
  readonly file: string;
  readonly resultId: string;
  readonly nodeId: string;
  readonly name: string;
  readonly operation: string;
  readonly attempt: number;
  readonly tryNumber: number;
  readonly status: string;
  readonly exitCode: number | null;
  readonly stream: Stream;
  readonly bytes: number;
  /** Of the file. */
  readonly sha256: string;
  /** `complete`: all that the script printed; with a digest that the node computed, it was compared. */
  readonly state: 'complete' | 'cut' | 'damaged';
}

/** A name as part of a file name: letters, digits, dots, dashes and underscores stay. */
const fileWord = (text: string): string => {
  const word = text.replaceAll(/[^\p{L}\p{N}._-]/gu, '_').slice(0, 100);
  return /^\.*$/.test(word) ? `_${word}` : word;
};

/** Folders of nodes by id: their names, and the id added where two nodes have one name. */
const createFolders = (): ((result: ResultView) => string) => {
  const owners = new Map<string, string>();
  return ({ nodeId, name }) => {
    const plain = fileWord(name);
    const owner = owners.get(plain.toLowerCase());
    if (owner === undefined) owners.set(plain.toLowerCase(), nodeId);
    return owner === undefined || owner === nodeId ? plain : `${plain}~${fileWord(nodeId)}`;
  };
};

const fileName = (result: ResultView, stream: Stream): string => {
  const place = [result.group, result.phase, result.operation].map(fileWord).join('.');
  const tries = result.tryNumber > 0 ? `.t${result.tryNumber}` : '';
  return `${place}.a${result.attempt}${tries}.${stream}`;
};

/** Writes a file whole or not at all, and says what is in it. */
const writeBytes = async (
  path: string,
  chunks: AsyncIterable<Uint8Array>,
): Promise<{ readonly bytes: number; readonly sha256: string }> => {
  const hash = createHash('sha256');
  let bytes = 0;
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  };
  await pipeline(counted(), createWriteStream(`${path}.part`));
  await rename(`${path}.part`, path);
  return { bytes, sha256: hash.digest('hex') };
};

const stateOf = (result: ResultView, stream: Stream, written: { readonly bytes: number; readonly sha256: string }) => {
  const upload = result.uploads?.[stream];
  if (upload?.sha256 != null) return upload.sha256 === written.sha256 ? 'complete' : 'damaged';
  return written.bytes === result[`${stream}Bytes`] ? 'complete' : 'cut';
};

/** Writes the streams of one result that are not empty. */
const saveResult = async (
  target: LogsTarget,
  { dir, folder, result }: { readonly dir: string; readonly folder: string; readonly result: ResultView },
): Promise<readonly SavedFile[]> => {
  const { resultId, nodeId, name, operation, attempt, tryNumber, status, exitCode } = result;
  const saved: SavedFile[] = [];
  for (const stream of streams.filter((one) => result[`${one}Bytes`] > 0)) {
    const file = join(folder, fileName(result, stream));
    await mkdir(join(dir, folder), { recursive: true });
    const written = await writeBytes(join(dir, file), outputBytes(target, result, stream));
    const state = stateOf(result, stream, written);
    const about = { resultId, nodeId, name, operation, attempt, tryNumber, status, exitCode };
    saved.push({ file, ...about, stream, ...written, state });
  }
  return saved;
};

/**
 * Writes what was printed to files, `<folder>/<node>/<group>.<phase>.<operation>.a<attempt>.<stream>`, complete where all of it is kept, and compares
 * the digests that the nodes computed. `files.json` in the folder lists them.
 */
export const saveResults = async (target: LogsTarget, dir: string): Promise<readonly SavedFile[]> => {
  const folderOf = createFolders();
  await mkdir(dir, { recursive: true });
  const saved = await pMap(
    findResults(target),
    (result) => saveResult(target, { dir, folder: folderOf(result), result }),
    { concurrency: width },
  );
  const files = saved.flat();
  await writeFile(join(dir, 'files.json'), `${JSON.stringify(files, null, 2)}\n`);
  return files;
};
