import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandJob } from '#shared/job/expand-job.ts';
import { parseJob } from '#shared/job/parse-job.ts';
import type { ParamValues } from '#shared/model/job.ts';
import { errorOf } from './jobs.ts';

const jobOf = (operations: readonly unknown[]) =>
  parseJob({
    apiVersion: 'drover/v1',
    kind: 'Job',
    metadata: { name: 'j' },
    spec: {
      params: { list: { type: 'list' }, deep: { type: 'json' } },
      targets: { where: 'true' },
      groups: [{ name: 'g', phases: [{ name: 'p', operations }] }],
    },
  });

const expanded = (operations: readonly unknown[], params: ParamValues = {}) =>
  expandJob(jobOf(operations), params).spec.groups[0]?.phases[0]?.operations ?? [];

const run = (id: string) => ({ id, run: 'true' });

describe('expandJob', () => {
  it('leaves a job without blocks as it is', () => {
    const job = jobOf([run('a')]);
    expect(expandJob(job, {})).toBe(job);
  });

  it('puts both branches behind their if, with what was decided as guard', () => {
    const list = expanded([{ id: 'i', if: 'true', operations: [run('a')], else: [run('b')] }, run('c')]);
    expect(list.map(({ id, guards }) => [id, guards])).toEqual([
      ['i', undefined],
      ['a', [{ block: 'i', was: true }]],
      ['b', [{ block: 'i', was: false }]],
      ['c', undefined],
    ]);
    expect(list.every((one) => one.operations === undefined && one.else === undefined)).toBe(true);
  });

  it('lays turns out in order, nested ones inside', () => {
    const inner = { id: 'in', forEach: ['x', 'y'], as: 'deep', operations: [run('s')] };
    const list = expanded([{ id: 'out', forEach: '${{ params.list }}', operations: [inner] }], { list: ['a', 'b'] });
    expect(list.map(({ id }) => id)).toEqual(['out', 'in_1', 's_1_1', 's_1_2', 'in_2', 's_2_1', 's_2_2']);
    expect(list[6]).toMatchObject({
      guards: [
        { block: 'out', turn: 1 },
        { block: 'in_2', turn: 1 },
      ],
      turns: [
        { block: 'out', name: 'item', turn: 1 },
        { block: 'in_2', name: 'deep', turn: 1 },
      ],
      aliases: { in: 'in_2', s: 's_2_2' },
    });
  });

  it('takes the turns of a list that only the node knows from limit', () => {
    const block = { id: 'f', forEach: '${{ node.tags.list }}', operations: [run('s')] };
    expect(expanded([block])).toHaveLength(11);
    expect(expanded([{ ...block, limit: 2 }])).toHaveLength(3);
  });

  it('of an empty list has no turns', () => {
    expect(expanded([{ id: 'f', forEach: [], operations: [run('s')] }]).map(({ id }) => id)).toEqual(['f']);
  });

  it('refuses a param that is no list, and a phase that becomes too long', () => {
    const deep = [{ id: 'f', forEach: '${{ params.deep }}', operations: [run('s')] }];
    expect(errorOf(() => expanded(deep, { deep: 1 })).code).toBe('params.invalid');
    const long = Array.from({ length: 401 }, (_, index) => index);
    expect(errorOf(() => expanded(deep, { deep: long })).code).toBe('plan.limit-exceeded');
  });

  it('gives every operation an id of its own, the same each time', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 4 }), (sizes) => {
        const nest = (depth: number): readonly unknown[] =>
          depth === sizes.length
            ? [run('leaf')]
            : [
                {
                  id: `f${String.fromCharCode(97 + depth)}`,
                  forEach: Array(sizes[depth] ?? 0).fill(0),
                  as: `v${depth}`,
                  operations: nest(depth + 1),
                },
              ];
        const ids = expanded(nest(0)).map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        expect(expanded(nest(0)).map(({ id }) => id)).toEqual(ids);
      }),
    );
  });
});
