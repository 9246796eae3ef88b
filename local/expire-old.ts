import {
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

/** Removes what is over by now: items of the table, sealed secrets that a crash left, blobs of runs. */
export const expireOld = async (options: ExpireOldOptions, signal?: AbortSignal): Promise<void> => {
  const { table, blobsDir, retention, clock, log } = options;
  const now = clock.now();
  const sealed = { prefix: sealedSecretsFolder, olderThanMs: sealedSecretDays * dayMs, now };
  await removeOldBlobs(blobsDir, sealed);
  await removeOldBlobs(blobsDir, { prefix: '', olderThanMs: blobDays(retention) * dayMs, now });
  const items = await expireItems({ ...table, now, ...(signal === undefined ? {} : { signal }) });
  if (items > 0) log.info('local.expired', { items });
};

/**
 * Does what DynamoDB's TTL and the lifecycle rules of a bucket do, at once and every six hours. It never keeps the process up; `stop` waits for a
 * pass that is under way.
 */
export const keepExpiring = (options: ExpireOldOptions): { readonly stop: () => Promise<void> } => {
  const ending = new AbortController();
  const pass = (): Promise<void> =>
    expireOld(options, ending.signal).catch((error: unknown) => {
      if (!ending.signal.aborted) options.log.warn('local.not-expired', { reason: messageOf(error) });
    });
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
