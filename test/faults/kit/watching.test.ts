import { describe, expect, it } from 'vitest';
import { createCallSites } from './call-sites.ts';
import { circumstances, formatCase, parseCase } from './cases.ts';
import { faultPlaces } from './fault-places.ts';
import { createFaultScript, oneFault } from './fault-script.ts';
import { createIncarnation } from './incarnation.ts';
import { placeOf } from './places.ts';
import { troubleOf } from './troubles.ts';
import { watchedObject } from './watched.ts';

/** A port that the suite has never heard of, with one within it. */
const newPort = (done: string[]) => ({
  moons: {
    of: async (planet: string) => {
      done.push(`of ${planet}`);
      return [`${planet} I`];
    },
    count: () => 2,
  },
  limit: { bytes: 5 },
});

const watchOn = (fault?: { readonly kind: 'kill-before' | 'kill-after' | 'lose'; readonly site: string }) => {
  const sites = createCallSites();
  const script = createFaultScript(fault ? oneFault(fault) : () => undefined, 0);
  const incarnation = createIncarnation(sites, script);
  const done: string[] = [];
  return { incarnation, script, done, port: watchedObject('', newPort(done), incarnation.passage) };
};

describe('a port that nobody listed', () => {
  it('is watched with all its methods; what answers at once, and plain values, are let through', async () => {
    const { port, script } = watchOn();

    expect(await port.moons.of('Jupiter')).toEqual(['Jupiter I']);
    expect(await port.moons.of('Saturn')).toEqual(['Saturn I']);
    expect([port.moons.count(), port.limit.bytes]).toEqual([2, 5]);

    expect(script.calls.map(({ site }) => site)).toEqual(['moons.of#1', 'moons.of#2']);
  });

  it.each([
    ['kill-before', []],
    ['kill-after', ['of Mars']],
  ] as const)('has a boundary for %s; nothing is called after the death', async (kind, done) => {
    const watch = watchOn({ kind, site: 'moons.of#1' });
    const answers: string[] = [];

    void watch.port.moons.of('Mars').then(() => answers.push('Mars'));
    await watch.incarnation.died;
    await watch.incarnation.settled();
    void watch.port.moons.of('Neptune').then(() => answers.push('Neptune'));
    await new Promise((resolve) => setImmediate(resolve));

    expect(watch.done).toEqual(done);
    expect(answers).toEqual([]);
  });
});

describe('places of faults', () => {
  it('are named by the way to them, and counted there', async () => {
    const { incarnation, script } = watchOn();
    const inner = watchedObject('table', { put: async () => undefined }, incarnation.passage);
    const store = watchedObject(
      'store',
      {
        save: async () => {
          await inner.put();
          await inner.put();
        },
      },
      incarnation.passage,
    );

    await Promise.all([store.save(), store.save()]);

    expect(script.calls.filter((call) => !call.isOuter).map(({ site }) => site)).toEqual([
      'store.save#1 > table.put#1',
      'store.save#2 > table.put#1',
      'store.save#1 > table.put#2',
      'store.save#2 > table.put#2',
    ]);
  });

  it('are before and after every innermost call, and what began it', () => {
    const call = { origin: 'task' as const, isRoot: false, isOuter: false };
    const places = faultPlaces([
      { ...call, site: 'openPhase a1 #1', name: 'openPhase', isRoot: true, isOuter: true },
      { ...call, site: 'openPhase a1 #1 > store.get#1', name: 'store.get', isOuter: true },
      { ...call, site: 'openPhase a1 #1 > store.get#1 > table.GetItem#1', name: 'table.GetItem' },
    ]);

    const kills = places.filter(({ fault }) => fault.kind.startsWith('kill'));
    expect(kills.map(({ fault, stratum }) => [fault.kind, stratum.replace(/^\S+ /, '')])).toEqual([
      ['kill-before', 'openPhase'],
      ['kill-after', 'openPhase'],
      ['kill-before', 'openPhase > store.get > table.GetItem'],
      ['kill-after', 'openPhase > store.get > table.GetItem'],
    ]);
  });

  it('say where in the run a task is, without ids that differ from run to run', () => {
    expect(placeOf({ runId: 'R', attempt: 1, group: 0, token: 't' })).toBe('a1 g0');
    expect(placeOf({ runId: 'R', batchId: 'a1-b0', invocationId: 'R.a1-b0.o0.t0' })).toBe('a1-b0.o0.t0');
    expect(placeOf({ runId: 'R', attempt: 2, error: { Error: '' } })).toBe('a2');
  });
});

describe('a case', () => {
  it('is replayed from its text and its seed', () => {
    const text = 'rolling kill-after collectResults a1-g0-s0-p0-x0-b0.o0.t0 #2 > store.putResults#1 > table.PutItem#1';

    expect(formatCase(parseCase(text, 7))).toBe(text);
    expect(circumstances(7)).toEqual(circumstances(7));
    expect(() => parseCase('rolling explode somewhere', 7)).toThrow('Kinds are: kill-before');
  });
});

it('a port fails as the catalogue says that it does', () => {
  const codes = ['inventory.list', 'agents.aws.send', 'blobs.get', 'engine.start'].map(
    (name) => troubleOf(name)?.loss().name,
  );
  expect(codes).toEqual(['inventory.unavailable', 'agent.unavailable', 'store.unavailable', 'engine.unavailable']);
  expect(troubleOf('table.PutItem')?.refusal().name).toBe('ThrottlingException');
  expect(troubleOf('moons.of')).toBeUndefined();
});
