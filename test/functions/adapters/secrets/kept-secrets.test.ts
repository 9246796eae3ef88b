import { describe, expect, it } from 'vitest';
import { envSecrets } from '#functions/adapters/secrets/env-secrets.ts';
import { keptSecrets } from '#functions/adapters/secrets/kept-secrets.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { SecretReference } from '#shared/secrets/reference.ts';

const token: SecretReference = { kind: 'ssm', name: '/a' };

describe('keptSecrets', () => {
  const setUp = () => {
    const state = { now: 0, asked: 0, value: 'one', fails: false };
    const source = keptSecrets(
      {
        fetch: async () => {
          state.asked += 1;
          if (state.fails) throw new AppError('secret.unavailable', 'not now');
          return state.value;
        },
        check: async () => [],
      },
      { now: () => state.now },
    );
    return { state, source };
  };

  it('asks once for all who ask within ten seconds, and then for the new value', async () => {
    const { state, source } = setUp();
    expect(await Promise.all(Array.from({ length: 50 }, () => source.fetch(token)))).toEqual(Array(50).fill('one'));
    state.value = 'two';
    state.now = 9_999;
    expect(await source.fetch(token)).toBe('one');
    state.now = 10_000;
    expect(await source.fetch(token)).toBe('two');
    expect(state.asked).toBe(2);
  });

  it('keeps secrets apart, and no failure', async () => {
    const { state, source } = setUp();
    await source.fetch(token);
    await source.fetch({ kind: 'secretsmanager', name: '/a', jsonKey: 'k' });
    expect(state.asked).toBe(2);
    state.fails = true;
    await expect(source.fetch({ kind: 'ssm', name: '/b' })).rejects.toMatchObject({ code: 'secret.unavailable' });
    state.fails = false;
    expect(await source.fetch({ kind: 'ssm', name: '/b' })).toBe('one');
  });
});

describe('envSecrets', () => {
  const source = envSecrets({
    environment: { DROVER_SECRET_A: 'value', DROVER_SECRET_: 'odd', AWS_SECRET_ACCESS_KEY: 'not for jobs' },
    prefix: 'DROVER_SECRET_',
  });

  it('gives away variables of the prefix alone', async () => {
    expect(await source.fetch({ kind: 'env', name: 'DROVER_SECRET_A' })).toBe('value');
    for (const name of ['AWS_SECRET_ACCESS_KEY', 'DROVER_SECRET_'])
      await expect(source.fetch({ kind: 'env', name })).rejects.toMatchObject({ code: 'secret.forbidden' });
    await expect(source.check({ kind: 'env', name: 'HOME' })).rejects.toMatchObject({ code: 'secret.forbidden' });
  });

  it('says when one is not set', async () => {
    await expect(source.fetch({ kind: 'env', name: 'DROVER_SECRET_B' })).rejects.toMatchObject({
      code: 'secret.not-found',
    });
  });
});
