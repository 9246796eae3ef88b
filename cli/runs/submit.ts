import type { DroverClient, RunRequestInput, Started } from '#shared/client/client.ts';
import { isAppError } from '#shared/errors/app-error.ts';
import type { CliHost } from '../host.ts';

/** Milliseconds before each further try. */
const pauses = [500, 2000];

/**
 * Starts a run under a key, the caller's or a new one: when no answer comes, the same request is sent again, which cannot start a second run.
 * @throws AppError the client's errors; `service.unreachable` after the third try.
 */
export const submitOnce = (
  host: Pick<CliHost, 'newKey' | 'sleep'>,
  client: Pick<DroverClient, 'submitRun'>,
  request: RunRequestInput,
  key: string = host.newKey(),
): Promise<Started> => sendOnce(host, () => client.submitRun(request, key));

/**
 * Sends a request that has an idempotency key, again when no answer comes.
 * @throws AppError the client's errors; `service.unreachable` after the third try.
 */
export const sendOnce = async <T>(host: Pick<CliHost, 'sleep'>, send: () => Promise<T>): Promise<T> => {
  for (const pause of pauses) {
    try {
      return await send();
    } catch (error) {
      if (!isAppError(error, 'service.unreachable')) throw error;
      await host.sleep(pause);
    }
  }
  return send();
};
