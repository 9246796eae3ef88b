import type { DroverClient, RunRequestInput, Started } from '#shared/client/client.ts';
import { isAppError } from '#shared/errors/app-error.ts';
import type { CliHost } from '../host.ts';

/** Milliseconds before each further try. */
const pauses = [500, 2000];

/**
 * Starts a run under a key, the caller's or a new one: when no answer comes, the same request is sent again, which cannot start a second run.
 * @throws AppError the client's errors; `service.unreachable` after the third try.
 */
export const submitOnce = async (
  host: Pick<CliHost, 'newKey' | 'sleep'>,
  client: Pick<DroverClient, 'submitRun'>,
  request: RunRequestInput,
  key: string = host.newKey(),
): Promise<Started> => {
  for (const pause of pauses) {
    try {
      return await client.submitRun(request, key);
    } catch (error) {
      if (!isAppError(error, 'service.unreachable')) throw error;
      await host.sleep(pause);
    }
  }
  return client.submitRun(request, key);
};
