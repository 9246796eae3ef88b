import { describe, expect, test } from 'vitest';
import { callWith, fixedCredentials, keepCredentials } from '#functions/adapters/agent/kept-credentials.ts';

const open = (fetch: (number: number) => Promise<{ readonly number: number }>) => {
  const clock = { ms: 0, now: () => clock.ms };
  let fetched = 0;
  const kept = keepCredentials(async () => {
    fetched += 1;
    return { credentials: await fetch(fetched), goodUntilMs: clock.ms + 100 };
  }, clock);
  return { kept, clock, fetched: () => fetched };
};

const numbered = () => open(async (number) => ({ number }));

describe('kept credentials', () => {
  test('are fetched once for all who ask at once, and kept until their time is over', async () => {
    const { kept, clock, fetched } = numbered();
    const [one, other] = await Promise.all([kept.current(), kept.current()]);
    expect(one).toBe(other);
    clock.ms = 99;
    expect(await kept.current()).toBe(one);
    expect(fetched()).toBe(1);
    clock.ms = 100;
    expect(await kept.current()).toEqual({ number: 2 });
  });

  test('that were refused are fetched again once, also when many calls were refused with them', async () => {
    const { kept, fetched } = numbered();
    const old = await kept.current();
    const others = await Promise.all([kept.instead(old), kept.instead(old), kept.current()]);
    expect(others).toEqual([{ number: 2 }, { number: 2 }, { number: 2 }]);
    expect(await kept.instead(old)).toEqual({ number: 2 });
    expect(fetched()).toBe(2);
  });

  test('that could not be fetched are asked for again by the next one', async () => {
    const { kept } = open(async (number) => {
      if (number === 1) throw new Error('not now');
      return { number };
    });
    await expect(kept.current()).rejects.toThrow('not now');
    expect(await kept.current()).toEqual({ number: 2 });
  });
});

describe('a call with credentials', () => {
  const stale = new Error('stale');
  const isStale = (error: unknown) => error === stale;

  test('is made once more with other credentials when the cloud does not take these', async () => {
    const { kept } = numbered();
    const used: number[] = [];
    const call = async ({ number }: { readonly number: number }) => {
      used.push(number);
      if (number === 1) throw stale;
      return number;
    };
    expect(await callWith(kept, { call, isStale })).toBe(2);
    expect(await callWith(kept, { call, isStale })).toBe(2);
    expect(used).toEqual([1, 2, 2]);
  });

  test('is made at most twice', async () => {
    const { kept, fetched } = numbered();
    const call = async () => {
      throw stale;
    };
    await expect(callWith(kept, { call, isStale })).rejects.toBe(stale);
    expect(fetched()).toBe(2);
  });

  test.each([
    ['of another kind', new Error('other'), 1],
    ['with credentials that stay the same', stale, 1],
  ])('fails at once with an error %s', async (_, thrown, calls) => {
    let made = 0;
    const call = async () => {
      made += 1;
      throw thrown;
    };
    await expect(callWith(fixedCredentials('same'), { call, isStale })).rejects.toBe(thrown);
    expect(made).toBe(calls);
  });
});
