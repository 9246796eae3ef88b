import { expect, test } from 'vitest';
import { examine } from '#functions/examine/examine.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { Probe } from '#shared/ports/examination.ts';

const well: Probe = { check: 'well', needs: 'nothing', look: async () => ({ status: 'ok', says: 'fine' }) };
const failing = (check: string, look: Probe['look']): Probe => ({
  check,
  needs: `Allow x:Describe on ${check}.`,
  look,
});
const never = () => new Promise<never>(() => undefined);
/** Patience that never ends, but with the examination. */
const patient = (_: number, signal: AbortSignal) =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('over'))));

test('what goes wrong with one check is told by it, and keeps no other from being told', async () => {
  const refused = new AppError('config.invalid', 'The table t refused a call. AccessDenied: no', { hint: 'Check it.' });
  const silent = new AppError('store.unavailable', 'The table t did not answer', { hint: 'Try again.' });
  const probes = [
    failing('throws at once', () => {
      throw new TypeError('x is not a function');
    }),
    failing('is refused', () => Promise.reject(refused)),
    failing('is away', () => Promise.reject(silent)),
    failing('rejects with no error', () => Promise.reject('text')),
    well,
  ];
  const { checks } = await examine({ examination: { probes, sleep: patient } })();
  expect(checks.map(({ check, status }) => `${check}: ${status}`)).toEqual([
    ...['throws at once: problem', 'is refused: problem', 'is away: problem', 'rejects with no error: problem'],
    'well: ok',
  ]);
  // What is refused needs a right, which the probe knows; what is away needs what its error says.
  expect(checks[1]).toMatchObject({
    says: expect.stringMatching(/^config.invalid: .*AccessDenied/),
    advice: 'Allow x:Describe on is refused.',
  });
  expect(checks[2]).toMatchObject({ says: 'store.unavailable: The table t did not answer', advice: 'Try again.' });
  expect(checks[4]).toEqual({ check: 'well', status: 'ok', says: 'fine' });
});

test('a check that does not come back is given up after ten seconds, and the others are not kept waiting by its end', async () => {
  const waits: number[] = [];
  const expired: (() => void)[] = [];
  const sleep = (ms: number) => {
    waits.push(ms);
    return new Promise<void>((resolve) => expired.push(resolve));
  };
  const examined = examine({ examination: { probes: [failing('hangs', never), well], sleep } })();
  expect(waits).toEqual([10_000, 10_000]);
  await new Promise(setImmediate);
  for (const expire of expired) expire();
  expect((await examined).checks).toMatchObject([
    { check: 'hangs', status: 'problem', says: 'There was no answer within 10 s' },
    { check: 'well', status: 'ok' },
  ]);
});

test('its timers end with it', async () => {
  const signals: AbortSignal[] = [];
  const sleep = (ms: number, signal: AbortSignal) => {
    signals.push(signal);
    return patient(ms, signal);
  };
  await examine({ examination: { probes: [well, failing('fails', () => Promise.reject(new Error('no')))], sleep } })();
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
});

test('an answer that comes after all is not told twice, and its failure harms nobody', async () => {
  let fail: (error: Error) => void = () => undefined;
  const late = failing(
    'late',
    () =>
      new Promise((_, reject) => {
        fail = reject;
      }),
  );
  const { checks } = await examine({ examination: { probes: [late], sleep: async () => undefined } })();
  fail(new Error('too late'));
  await new Promise(setImmediate);
  expect(checks).toMatchObject([{ check: 'late', says: 'There was no answer within 10 s' }]);
});

test('where another function looks, that is said', async () => {
  await expect(examine({ examination: { probes: [], sleep: patient } })()).rejects.toMatchObject({
    code: 'route.not-found',
  });
});
