import { describe, expect, it } from 'vitest';
import { keepInventory } from '#functions/adapters/inventory/keep-inventory.ts';
import { defaultInventoryAges } from '#shared/config/inventory.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { InventoryNode } from '#shared/model/node.ts';
import type { InventoryStore, ReadingRecord } from '#shared/ports/inventory-store.ts';
import { createMemoryBlobs } from '#test/kit/memory-blobs.ts';
import { host, hosts } from '#test/kit/rig.ts';

/** A place where readings are kept, clouds that are read, and a clock. */
const world = () => {
  const records = new Map<string, ReadingRecord>();
  const state = {
    now: Date.parse('2026-01-02T03:04:05.000Z'),
    ...{ reads: 0, warnings: 0, nodes: hosts(2), down: false },
    /** What happens while the clouds are read. */
    during: () => {},
  };
  const store: InventoryStore = {
    getReading: async (source) => records.get(source),
    putReading: async (reading) => {
      const known = records.get(reading.source);
      if (known === undefined || known.readAt < reading.readAt) records.set(reading.source, reading);
    },
  };
  const blobs = createMemoryBlobs();
  const silent = () => undefined;
  const open = (source = 'all', more: { readonly store?: InventoryStore } = {}) =>
    keepInventory({
      clouds: {
        list: async (): Promise<readonly InventoryNode[]> => {
          state.reads += 1;
          state.during();
          if (state.down) throw new AppError('inventory.unavailable', 'SSM does not answer');
          return state.nodes;
        },
      },
      source,
      ages: defaultInventoryAges,
      ...{ store, blobs, ...more },
      clock: { now: () => state.now },
      log: { debug: silent, info: silent, warn: () => (state.warnings += 1), error: silent },
    });
  const later = (seconds: number): void => {
    state.now += seconds * 1000;
  };
  return { state, blobs, store, open, later };
};

const ids = (nodes: readonly InventoryNode[]) => nodes.map(({ id }) => id);

describe('a kept inventory', () => {
  it('hands a reading out as long as it is young enough for who asks', async () => {
    const { state, open, later } = world();
    const inventory = open();
    const first = await inventory.list({ maxAgeSeconds: 60 });
    later(60);
    const second = await inventory.list({ maxAgeSeconds: 60 });
    expect([first.fresh, second.fresh, state.reads]).toEqual([true, false, 1]);
    expect(second).toEqual({ ...first, fresh: false });
    later(1);
    expect(await inventory.list({ maxAgeSeconds: 60 })).toMatchObject({
      fresh: true,
      readAt: '2026-01-02T03:05:06.000Z',
    });
    expect((await inventory.list({ maxAgeSeconds: 0 })).fresh).toBe(true);
    expect(state.reads).toBe(3);
  });

  it('shares readings with other processes, and those that are under way with callers of its own', async () => {
    const { state, open } = world();
    const [one, other] = [open(), open()];
    const wish = { maxAgeSeconds: 60 };
    const [first] = await Promise.all([one.list(wish), one.list(wish), one.list({ maxAgeSeconds: 0 })]);
    expect(state.reads).toBe(1);
    expect(await other.list(wish)).toEqual({ ...first, fresh: false });
    expect(state.reads).toBe(1);
  });

  it('takes no reading of other regions for its own', async () => {
    const { state, open } = world();
    await open('eu').list({ maxAgeSeconds: 60 });
    await open('us').list({ maxAgeSeconds: 60 });
    expect(state.reads).toBe(2);
  });

  it('is as old as its beginning: what came while the clouds were read is not in it for certain', async () => {
    const { state, open, later } = world();
    const inventory = open();
    state.during = () => later(30);
    const reading = await inventory.list({ maxAgeSeconds: 60 });
    expect(reading.readAt).toBe('2026-01-02T03:04:05.000Z');
    later(31);
    await inventory.list({ maxAgeSeconds: 60 });
    expect(state.reads).toBe(2);
  });

  it('fails when the clouds cannot be read, unless an older reading does', async () => {
    const { state, open, later } = world();
    await open().list({ maxAgeSeconds: 60 });
    state.down = true;
    later(600);
    const inventory = open();
    await expect(inventory.list({ maxAgeSeconds: 300 })).rejects.toMatchObject({ code: 'inventory.unavailable' });
    expect(await inventory.list({ maxAgeSeconds: 300, orOlder: true })).toMatchObject({
      readAt: '2026-01-02T03:04:05.000Z',
      problem: 'SSM does not answer',
      nodes: hosts(2),
    });
  });

  it('fails when the clouds cannot be read and there never was a reading', async () => {
    const { state, open } = world();
    state.down = true;
    await expect(open().list({ maxAgeSeconds: 300, orOlder: true })).rejects.toMatchObject({
      code: 'inventory.unavailable',
    });
  });

  it('does not remember a failure', async () => {
    const { state, open } = world();
    const inventory = open();
    state.down = true;
    await expect(inventory.list({ maxAgeSeconds: 60 })).rejects.toThrow();
    state.down = false;
    expect(ids((await inventory.list({ maxAgeSeconds: 60 })).nodes)).toEqual(ids(hosts(2)));
  });

  it('gives an earlier reading again, until it is kept no longer', async () => {
    const { state, blobs, open } = world();
    const first = await open().list({ maxAgeSeconds: 0 });
    state.nodes = [host('i-9')];
    state.now += 1000;
    await open().list({ maxAgeSeconds: 0 });
    expect(await open().again(first.id)).toEqual({ ...first, fresh: false });
    for (const key of blobs.keys()) blobs.forget(key);
    expect(await open().again(first.id)).toBeUndefined();
  });

  it('reads anew when what it kept is gone or cannot be read', async () => {
    const { state, blobs, open } = world();
    await open().list({ maxAgeSeconds: 60 });
    for (const key of blobs.keys()) blobs.forget(key);
    expect((await open().list({ maxAgeSeconds: 60 })).fresh).toBe(true);
    expect(state.reads).toBe(2);
  });

  it('answers also when it cannot keep what it read', async () => {
    const { state, store, open } = world();
    const broken = { ...store, putReading: () => Promise.reject(new AppError('store.unavailable', 'no table')) };
    expect(ids((await open('all', { store: broken }).list({ maxAgeSeconds: 60 })).nodes)).toEqual(ids(hosts(2)));
    expect(state.warnings).toBe(1);
  });
});
