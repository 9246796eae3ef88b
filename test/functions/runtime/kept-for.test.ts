import { describe, expect, it } from 'vitest';
import { keptFor } from '#functions/runtime/kept-for.ts';

const counting = (fail: (count: number) => boolean = () => false) => {
  let now = 0;
  let made = 0;
  const make = async () => {
    made += 1;
    if (fail(made)) throw new Error(`number ${made}`);
    return made;
  };
  return { get: keptFor({ make, forMs: 1_000, clock: { now: () => now } }), at: (ms: number) => (now = ms) };
};

describe('what is kept for a time', () => {
  it('is made once for all who ask in that time', async () => {
    const { get, at } = counting();
    expect(await Promise.all([get(), get()])).toEqual([1, 1]);
    at(999);
    expect(await get()).toBe(1);
  });

  it('is made anew when it is too old', async () => {
    const { get, at } = counting();
    await get();
    at(1_000);
    expect(await get()).toBe(2);
  });

  it('is tried again at once when making it failed', async () => {
    const { get } = counting((count) => count === 1);
    await expect(get()).rejects.toThrow('number 1');
    expect(await get()).toBe(2);
  });
});
