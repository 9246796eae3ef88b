import { describe, expect, it } from 'vitest';
import { type OpenStore, openForSuite } from './open-for-suite.ts';

const aReading = (readAt: string, id = 'a') => ({ source: 'one', id: id.repeat(64), readAt });

/** Which reading of the clouds is the latest. */
export const inventoryContract = (name: string, open: OpenStore): void => {
  describe(`${name}: readings of the clouds`, () => {
    const subject = openForSuite(open);

    it('knows of none before there is one, nor of one of another source', async () => {
      const { store } = subject();
      await store.putReading({ ...aReading('2026-01-02T03:04:05.000Z'), source: 'own' });
      expect(await store.getReading('nothing')).toBeUndefined();
    });

    it('keeps the latest one, in whichever order they come', async () => {
      const { store } = subject();
      const [first, second, third] = [
        aReading('2026-01-02T03:04:05.000Z', 'a'),
        aReading('2026-01-02T03:04:06.000Z', 'b'),
        aReading('2026-01-02T03:04:05.999Z', 'c'),
      ];
      await store.putReading(first);
      await store.putReading(second);
      await store.putReading(third);
      await store.putReading(second);
      expect(await store.getReading('one')).toEqual(second);
    });

    it('keeps the latest of readers that come at the same time', async () => {
      const { store } = subject();
      const readings = Array.from({ length: 9 }, (_, i) => ({
        ...aReading(`2026-01-02T03:05:0${i}.000Z`, String(i)),
        source: 'crowd',
      }));
      await Promise.all([...readings].reverse().map((one) => store.putReading(one)));
      expect(await store.getReading('crowd')).toEqual(readings.at(-1));
    });
  });
};
