import { readFile, writeFile } from 'node:fs/promises';
import { readingDays, readingsFolder } from '#shared/config/inventory.ts';
import {
  answerDays,
  answersFolder,
  blobDays,
  daySeconds,
  type Retention,
  sealedSecretDays,
  sealedSecretsFolder,
} from '#shared/config/retention.ts';
import { messageOf } from '#shared/errors/app-error.ts';
import type { Clock, Log } from '#shared/ports/services.ts';
import { removeOldBlobs } from './blobs/remove-old.ts';
import { expireItems } from './table/expire-items.ts';
import type { ConnectedTable } from './table/local-table.ts';

/** How often a cloud that is up looks for what is over; DynamoDB and S3 take up to days. */
const everyMs = 6 * 3_600_000;

/** What removing what is over needs. */
export interface ExpireOldOptions {
  readonly table: Pick<ConnectedTable, 'client' | 'tableName'>;
  readonly blobsDir: string;
  readonly retention: Retention;
  readonly clock: Clock;
  readonly log: Log;
}

const dayMs = daySeconds * 1000;

/** Removes what is over by now: items of the table, and blobs of runs. */
export const expireOld = async (options: ExpireOldOptions, signal?: AbortSignal): Promise<void> => {
  const { table, blobsDir, retention, clock, log } = options;
  const now = clock.now();
  await removeOldBlobs(blobsDir, { prefix: '', olderThanMs: blobDays(retention) * dayMs, now, signal });
  const items = await expireItems({ ...table, now, ...(signal === undefined ? {} : { signal }) });
  if (items > 0) log.info('local.expired', { items });
};

/** What is kept for a day: sealed secrets that a crash left, readings of the clouds, and long answers. Few files, looked at whenever a cloud starts. */
const removeShortLived = async ({ blobsDir, clock }: ExpireOldOptions): Promise<void> => {
  const now = clock.now();
  await removeOldBlobs(blobsDir, { prefix: sealedSecretsFolder, olderThanMs: sealedSecretDays * dayMs, now });
  await removeOldBlobs(blobsDir, { prefix: readingsFolder, olderThanMs: readingDays * dayMs, now });
  await removeOldBlobs(blobsDir, { prefix: answersFolder, olderThanMs: answerDays * dayMs, now });
};

/** A cloud of a short command starts often: what takes long is done when it was not done for a while. */
const isDue = async ({ stateFile, clock }: KeepExpiringOptions): Promise<boolean> => {
  const lastMs = Number(await readFile(stateFile, 'utf8').catch(() => '0'));
  return !(clock.now() - lastMs < everyMs);
};

/** What doing so again and again needs. */
export interface KeepExpiringOptions extends ExpireOldOptions {
  /** Remembers when it was last done to its end. */
  readonly stateFile: string;
}

/**
 * Does what DynamoDB's TTL and the lifecycle rules of a bucket do, about every six hours of a cloud that is up. It never keeps the process up; `stop`
 * ends a pass that is under way, and the next cloud does it from the beginning.
 */
export const keepExpiring = (options: KeepExpiringOptions): { readonly stop: () => Promise<void> } => {
  const ending = new AbortController();
  const { signal } = ending;
  const pass = async (): Promise<void> => {
    try {
      await removeShortLived(options);
      if (signal.aborted || !(await isDue(options))) return;
      await expireOld(options, signal);
      if (!signal.aborted) await writeFile(options.stateFile, String(options.clock.now()));
    } catch (error) {
      if (!signal.aborted) options.log.warn('local.not-expired', { reason: messageOf(error) });
    }
  };
  let last = pass();
  const timer = setInterval(() => {
    last = last.then(pass);
  }, everyMs);
  timer.unref();
  return {
    stop: async () => {
      clearInterval(timer);
      ending.abort();
      await last;
    },
  };
};
