import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { heldResults, isPage, toPages } from '#functions/adapters/dynamodb/result-pages.ts';
import { bareOutcome } from '#shared/model/outcome.ts';
import type { ResultRecord } from '#shared/model/run.ts';
import { aResult, batchId, newRunId, nodeId } from '#test/kit/store-samples.ts';

const runId = newRunId();
const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

const resultOf = (node: string, change: Partial<ResultRecord> = {}): ResultRecord =>
  aResult(runId, { nodeId: nodeId(node), ...change });

describe('pages of results', () => {
  it('have the results of one operation and try on one batch, and the same name for the same nodes', () => {
    const results = [
      resultOf('a'),
      resultOf('b'),
      resultOf('a', { tryNumber: 1 }),
      resultOf('a', { operationIndex: 1 }),
      resultOf('a', { batchId: batchId(7) }),
    ];
    const pages = toPages(results);
    expect(pages.map((page) => page.results.map((one) => one.nodeId))).toEqual([['a', 'b'], ['a'], ['a'], ['a']]);
    expect(pages.every(({ key }) => isPage(key))).toBe(true);
    expect(toPages(results.map((one) => ({ ...one, recordedAt: at(9) }))).map(({ key }) => key)).toEqual(
      pages.map(({ key }) => key),
    );
    expect(toPages([resultOf('ab')])[0]?.key).not.toEqual(toPages([resultOf('a')])[0]?.key);
  });

  it('end before 64 KB; a result that is longer has one of its own', () => {
    const sized = (node: string, chars: number) =>
      resultOf(node, { outcome: { ...bareOutcome('succeeded', null), stdout: 'ß'.repeat(chars) } });
    const pages = toPages([
      sized('a', 15_000),
      sized('b', 15_000),
      sized('c', 15_000),
      sized('d', 90_000),
      sized('e', 1),
    ]);
    expect(pages.map((page) => page.results.map((one) => one.nodeId))).toEqual([['a', 'b'], ['c'], ['d'], ['e']]);
  });

  it('are none for no results', () => {
    expect(toPages([])).toEqual([]);
  });
});

/** Results are put in bulk, or where there is none; each at a later time. */
const acts = fc.array(
  fc.record({
    nodes: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'A', 'a!', 'ß'), { minLength: 1, maxLength: 5 }),
    operationIndex: fc.integer({ min: 0, max: 1 }),
    tryNumber: fc.integer({ min: 0, max: 11 }),
    ifAbsent: fc.boolean(),
  }),
  { maxLength: 20 },
);

describe('the results that hold', () => {
  it('are those that a map would hold in which a verdict of our clock never replaces anything', () => {
    fc.assert(
      fc.property(acts, (all) => {
        const model = new Map<string, ResultRecord>();
        const items = new Map<string, { readonly results: readonly ResultRecord[]; readonly alone: boolean }>();
        const nameOf = (one: ResultRecord) => `${one.operationIndex} ${one.nodeId} ${one.tryNumber}`;
        for (const [second, { nodes, ifAbsent, ...place }] of all.entries()) {
          const results = nodes.map((node) => resultOf(node, { ...place, recordedAt: at(second) }));
          for (const result of results) {
            const isThere = model.has(nameOf(result));
            if (!(ifAbsent && isThere)) model.set(nameOf(result), result);
            if (ifAbsent && !isThere) items.set(nameOf(result), { results: [result], alone: true });
          }
          if (!ifAbsent)
            for (const page of toPages(results))
              items.set(JSON.stringify(page.key), { results: page.results, alone: false });
        }
        const found = [...items.values()].flatMap(({ results, alone }) => results.map((result) => ({ result, alone })));
        const held = heldResults(found);
        expect(new Map(held.map((one) => [nameOf(one), one]))).toEqual(model);
        expect(heldResults(found.toReversed())).toEqual(held);
      }),
    );
  });

  it('stand by operation, node and try', () => {
    const places = [
      ['b', 0, 2],
      ['a', 10, 0],
      ['a', 2, 10],
      ['a', 2, 9],
      ['A', 2, 0],
    ] as const;
    const found = places.map(([node, operationIndex, tryNumber]) => ({
      result: resultOf(node, { operationIndex, tryNumber }),
      alone: false,
    }));
    expect(
      heldResults(found).map(({ nodeId: node, operationIndex, tryNumber }) => [node, operationIndex, tryNumber]),
    ).toEqual([
      ['b', 0, 2],
      ['A', 2, 0],
      ['a', 2, 9],
      ['a', 2, 10],
      ['a', 10, 0],
    ]);
  });

  it('are what the agent said, whenever our clock gave up', () => {
    const lost = resultOf('a', { outcome: bareOutcome('lost', 'no answer'), recordedAt: at(9) });
    const said = resultOf('a', { recordedAt: at(1) });
    expect(
      heldResults([
        { result: lost, alone: true },
        { result: said, alone: false },
      ]),
    ).toEqual([said]);
  });
});
