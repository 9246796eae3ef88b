import { describe, expect, test } from 'vitest';
import { submitOnce } from '#cli/runs/submit.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { makeRunView } from '#test/functions/api/hand-made-services.ts';
import { makeHost } from '../test-host.ts';

const clientThat = (...failures: AppError[]) => {
  const keys: (string | undefined)[] = [];
  return {
    keys,
    submitRun: async (_: unknown, key?: string) => {
      keys.push(key);
      const failure = failures.shift();
      if (failure) throw failure;
      return { run: makeRunView(), replayed: false };
    },
  };
};
const unreachable = () => new AppError('service.unreachable', 'gone');

describe('starting a run once', () => {
  test('when no answer comes, the same request goes again under the same key', async () => {
    const client = clientThat(unreachable(), unreachable());
    const { host } = makeHost();
    await submitOnce(host, client, { job: {} });
    expect(client.keys).toEqual(['key-1', 'key-1', 'key-1']);
  });

  test("the caller's key is kept", async () => {
    const client = clientThat();
    await submitOnce(makeHost().host, client, { job: {} }, 'mine');
    expect(client.keys).toEqual(['mine']);
  });

  test('it gives up after the third try, and at once on any answer', async () => {
    const away = clientThat(unreachable(), unreachable(), unreachable(), unreachable());
    await expect(submitOnce(makeHost().host, away, { job: {} })).rejects.toMatchObject({ code: 'service.unreachable' });
    expect(away.keys).toHaveLength(3);
    const refused = clientThat(new AppError('job.invalid', 'no'));
    await expect(submitOnce(makeHost().host, refused, { job: {} })).rejects.toMatchObject({ code: 'job.invalid' });
    expect(refused.keys).toHaveLength(1);
  });
});
