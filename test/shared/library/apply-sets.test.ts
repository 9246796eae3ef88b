import { describe, expect, it } from 'vitest';
import { parseCondition } from '#shared/expression/condition.ts';
import { parseJob } from '#shared/job/parse-job.ts';
import { applySets, usedSets } from '#shared/library/apply-sets.ts';
import { nodeIdSchema } from '#shared/model/ids.ts';
import { nodeSchema } from '#shared/model/node.ts';
import { jobOf, op } from '#test/kit/rig.ts';

const phases = [{ name: 'p', operations: [op('a')] }];
const jobWith = (own: object, ofGroup?: object) =>
  parseJob(jobOf([{ name: 'g', phases, ...(ofGroup === undefined ? {} : { targets: ofGroup }) }], { targets: own }));
const shop = { revision: 3, where: 'node.tags.app == "shop" // all of it' };
const ids = ['i-1', 'i-2'].map((id) => nodeIdSchema.parse(id));

describe('target sets of a job', () => {
  it('become what they say, for the job and for groups', () => {
    const job = applySets(jobWith({ set: 'web' }, { set: 'two', exclude: 'false' }), {
      web: shop,
      two: { revision: 1, nodes: ids },
    });
    expect(job.spec.targets).toEqual({ where: shop.where });
    expect(job.spec.groups[0]?.targets).toEqual({ nodes: ids, exclude: 'false' });
  });

  it('are narrowed by a condition beside them, also behind a comment', () => {
    const { where = '' } =
      applySets(jobWith({ set: 'web', where: 'node.os == "linux"' }), { web: shop }).spec.targets ?? {};
    const holds = (tags: Record<string, string>, os: 'linux' | 'windows'): boolean => {
      const place = { agent: 'aws', region: 'r', instanceId: 'i' };
      const node = nodeSchema.parse({ id: 'i', name: 'n', host: 'h', ...place, os, tags });
      return parseCondition(where).evaluate({ node, params: {}, run: { id: '', attempt: 1, job: '' }, outputs: {} });
    };
    expect([holds({ app: 'shop' }, 'linux'), holds({ app: 'shop' }, 'windows'), holds({ app: 'x' }, 'linux')]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('stay where they are not given, and a job without any is left as it is', () => {
    const job = jobWith({ set: 'web' });
    expect(applySets(job, { other: shop }).spec.targets).toEqual({ set: 'web' });
    expect(applySets(job, {})).toBe(job);
  });

  it('are told once each, with their first place', () => {
    expect(usedSets(jobWith({ set: 'web' }, { set: 'web' }))).toEqual([
      { name: 'web', path: ['spec', 'targets', 'set'] },
    ]);
    expect(usedSets(jobWith({ where: 'true' }, { set: 'two' }))).toEqual([
      { name: 'two', path: ['spec', 'groups', 0, 'targets', 'set'] },
    ]);
  });

  it('do not stand beside a list of nodes', () => {
    expect(() => jobWith({ set: 'web', nodes: ['i-1'] })).toThrow(/stands beside a target set/);
    expect(() => jobWith({ exclude: 'false' })).toThrow(/give 'where', 'nodes' or 'set'/);
  });
});
