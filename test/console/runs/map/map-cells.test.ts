import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellsOf, letterCounts, withLists, worstLetters } from '#console/runs/map/map-cells.ts';
import type { MapGroup, RunMap } from '#shared/contract/map-views.ts';
import { nodeIdSchema, runIdSchema } from '#shared/model/ids.ts';
import { nodeStatuses } from '#shared/model/status.ts';
import { absentLetter, lettersOf } from '#shared/model/status-letters.ts';

const ids = (...names: readonly string[]) => names.map((name) => nodeIdSchema.parse(name));
const group: MapGroup = {
  name: 'roll',
  nodeIds: ids('i-1', 'i-2', 'i-3'),
  names: ['web-1', 'web-2', 'web-3'],
  phases: [
    { name: 'stop', on: 'target', statuses: 'ssf' },
    { name: 'say', on: 'runner', statuses: 'f', nodeIds: ids('i-9'), names: ['runner'], rounds: [1] },
    { name: 'start', on: 'target', statuses: 'sr.' },
  ],
};

describe('the cells of a map', () => {
  it('are those of a phase', () => {
    expect(cellsOf(group, 'start')).toEqual({ nodeIds: group.nodeIds, names: group.names, letters: 'sr.' });
    expect(cellsOf(group, 'say')).toEqual({ nodeIds: ['i-9'], names: ['runner'], letters: 'f' });
  });

  it('are, of all phases, the worst of each node, without runners', () => {
    expect(cellsOf(group).letters).toBe('srf');
    expect(cellsOf(group, 'no such phase').letters).toBe('srf');
  });

  it('are runners where there is nothing else', () => {
    const [, say] = group.phases;
    const report: MapGroup = { name: 'report', nodeIds: [], names: [], phases: say === undefined ? [] : [say, say] };
    expect(cellsOf(report)).toEqual({ nodeIds: ['i-9', 'i-9'], names: ['runner', 'runner'], letters: 'ff' });
  });

  it('are none before the group begins', () => {
    expect(
      cellsOf({ name: 'later', nodeIds: [], names: [], phases: [{ name: 'p', on: 'target', statuses: '' }] }).letters,
    ).toBe('');
  });

  it('say a failure before anything else, and what is under way before what is done', () => {
    expect(worstLetters(['s', 'f', 'r'], 1)).toBe('f');
    expect(worstLetters(['s', 'r'], 1)).toBe('r');
    expect(worstLetters(['s', 'p'], 1)).toBe('p');
    expect(worstLetters(['.', 'k'], 1)).toBe('k');
    expect(worstLetters([], 2)).toBe('..');
    expect(worstLetters(['s', ''], 2)).toBe('s.');
  });

  const letters = fc
    .array(fc.constantFrom(...[...lettersOf(nodeStatuses)], absentLetter), { minLength: 5, maxLength: 5 })
    .map((list) => list.join(''));

  it('do not depend on the order of phases, and are always of one of them', () => {
    fc.assert(
      fc.property(fc.array(letters, { minLength: 1, maxLength: 4 }), (texts) => {
        const worst = worstLetters(texts, 5);
        expect(worstLetters(texts.toReversed(), 5)).toBe(worst);
        for (let at = 0; at < 5; at += 1) expect(texts.map((text) => text[at])).toContain(worst[at]);
      }),
    );
  });

  it('are counted by status', () => {
    expect([...letterCounts('ssf.Z')]).toEqual([
      ['succeeded', 2],
      ['failed', 1],
      ['absent', 2],
    ]);
  });
});

describe('an answer without lists', () => {
  const map = (lists: string, groups: MapGroup[]): RunMap => ({
    runId: runIdSchema.parse('01HZZZZZZZZZZZZZZZZZZZZZZZ'),
    attempt: 1,
    status: 'running',
    lists,
    groups,
  });
  const { nodeIds: _ids, names: _names, ...bare } = group;

  it('gets those of the answer before, when they are the same', () => {
    expect(withLists(map('a', [bare]), map('a', [group])).groups).toEqual([group]);
  });

  it('stays as it is when they are others, or when it is the first', () => {
    const other = { ...group, nodeIds: ids('i-7'), names: ['web-7'] };
    expect(withLists(map('b', [other]), map('a', [group])).groups).toEqual([other]);
    expect(withLists(map('a', [group]), undefined).groups).toEqual([group]);
  });

  it('keeps the statuses of the new answer', () => {
    const later = { ...bare, phases: [{ name: 'stop', on: 'target' as const, statuses: 'fff' }] };
    expect(withLists(map('a', [later]), map('a', [group])).groups[0]).toMatchObject({
      nodeIds: group.nodeIds,
      phases: [{ statuses: 'fff' }],
    });
  });
});
