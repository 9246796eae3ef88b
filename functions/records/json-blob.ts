import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { z } from 'zod';
import { AppError } from '#shared/errors/app-error.ts';
import { expandJob } from '#shared/job/expand-job.ts';
import { fromRunJob, runJobSchema } from '#shared/library/run-job.ts';
import type { Job } from '#shared/model/job.ts';
import { namedNodesSchema, type PickedPlaces, pickedPlacesSchema } from '#shared/model/places.ts';
import {
  type FrozenTargets,
  frozenTargetsSchema,
  type PlannedTargets,
  plannedTargetsSchema,
  type RunRecord,
} from '#shared/model/run.ts';
import type { Blobs } from '#shared/ports/services.ts';

/** Jobs and target lists kept parsed per process: they are immutable, and every batch of a run reads the same ones. */
const keptEntries = 32;

/** Stores a JSON value under the hash of its text, so that the same value is stored once. Returns the key. */
export const putJson = async (blobs: Blobs, folder: string, value: unknown): Promise<string> => {
  const key = jsonKey(folder, value);
  await blobs.put(key, utf8ToBytes(JSON.stringify(value)));
  return key;
};

/** The key under which {@link putJson} stores a value. */
export const jsonKey = (folder: string, value: unknown): string =>
  `${folder}/${bytesToHex(sha256(utf8ToBytes(JSON.stringify(value))))}.json`;

/** Reads the JSON blobs that use cases share, parsed and checked once per process. */
export interface JsonBlobs {
  /** The job of a run: its commands and target sets as they were when it started, its blocks laid out for the run's params. */
  job(run: Pick<RunRecord, 'runId' | 'jobBlob' | 'params'>): Promise<Job>;
  /** The job of a run as it was written: commands are named only, blocks not laid out. */
  written(run: Pick<RunRecord, 'jobBlob'>): Promise<Job>;
  targets(key: string): Promise<FrozenTargets>;
  /** What an attempt was chosen to run. */
  picks(key: string): Promise<PickedPlaces>;
  /** The nodes that a mark order names. */
  namedNodes(key: string): Promise<readonly string[]>;
  planned(key: string): Promise<PlannedTargets>;
}

/** Reader of JSON blobs with a small memory of the latest ones. */
export const createJsonBlobs = (blobs: Blobs): JsonBlobs => {
  const stored = remembering((key: string) => readJson(blobs, key, runJobSchema));
  // Params never change during a run, so the run stands for them.
  const laidOut = remembering(async (_key: string, run: Pick<RunRecord, 'jobBlob' | 'params'>) =>
    expandJob(fromRunJob(await stored(run.jobBlob)), run.params),
  );
  const targets = remembering((key: string) => readJson(blobs, key, frozenTargetsSchema));
  const picks = remembering((key: string) => readJson(blobs, key, pickedPlacesSchema));
  const namedNodes = remembering((key: string) => readJson(blobs, key, namedNodesSchema));
  const planned = remembering((key: string) => readJson(blobs, key, plannedTargetsSchema));
  return {
    written: async (run) => {
      const { commands: _commands, sets: _sets, ...job } = await stored(run.jobBlob);
      return job;
    },
    job: (run) => laidOut(`${run.runId} ${run.jobBlob}`, run),
    targets,
    picks,
    namedNodes,
    planned,
  };
};

/**
 * Reads one JSON blob.
 * @throws AppError `blob.not-found`, `internal.bug` when it is not what it was written as.
 */
export const readJson = async <S extends z.ZodType>(blobs: Blobs, key: string, schema: S): Promise<z.output<S>> => {
  const text = new TextDecoder().decode(await blobs.get(key));
  const parsed = schema.safeParse(JSON.parse(text));
  if (!parsed.success)
    throw new AppError('internal.bug', `Blob ${key} is not what it was written as`, { cause: parsed.error });
  return parsed.data;
};

const remembering = <T, More extends readonly unknown[]>(
  read: (key: string, ...more: More) => Promise<T>,
): ((key: string, ...more: More) => Promise<T>) => {
  const kept = new Map<string, Promise<T>>();
  return (key, ...more) => {
    const known = kept.get(key);
    if (known) return known;
    const reading = read(key, ...more);
    kept.set(key, reading);
    // A failed read must not be remembered.
    reading.catch(() => kept.delete(key));
    const oldest = kept.size > keptEntries ? kept.keys().next().value : undefined;
    if (oldest !== undefined) kept.delete(oldest);
    return reading;
  };
};
