import { describe, expect, test } from 'vitest';
import { parseJob } from '#shared/job/parse-job.ts';
import type { FrozenTargets } from '#shared/model/run.ts';
import { neededSecrets } from '#shared/plan/plan-secrets.ts';
import { withoutReach } from '#shared/plan/targets.ts';
import { nodeOf } from './plan-fixtures.ts';

const target = (id: string, agent: 'aws' | 'aliyun' = 'aws') => ({
  node: withoutReach({ ...nodeOf(id), agent }),
  online: true,
});
const targets = (...nodes: ReturnType<typeof target>[]): FrozenTargets => ({ nodes, runners: {} });
const jobOf = (phases: readonly unknown[], env: Readonly<Record<string, string>> = {}) =>
  parseJob({
    apiVersion: 'drover/v1',
    kind: 'Job',
    metadata: { name: 'j' },
    spec: {
      params: { token: { type: 'secret' }, other: { type: 'secret' } },
      targets: { where: 'true' },
      groups: [{ name: 'g', env, phases }],
    },
  });
const op = (id: string, more: object = {}) => ({ id, run: 'true', ...more });
const used = { env: { T: '${{ params.token }}' } };
const params = { token: 'oos-secret:t', other: 'ssm:/a' };

describe('neededSecrets', () => {
  test('names each secret with the operations whose environment holds it', () => {
    const job = jobOf(
      [
        { name: 'p', operations: [op('a', used), op('b'), op('c', { env: { A: 'over it' } })] },
        { name: 'q', operations: [op('d'), { id: 'e', echo: 'not a script' }] },
      ],
      { A: '${{ params.other }}' },
    );
    expect(neededSecrets({ job, params, targets: [targets(target('i-1', 'aliyun'))] })).toEqual([
      { param: 'other', reference: { kind: 'ssm', name: '/a' }, operations: ['a', 'b', 'd'] },
      { param: 'token', reference: { kind: 'oos-secret', name: 't' }, operations: ['a'] },
    ]);
    expect(
      neededSecrets({ job, params: { other: 'ssm:/a' }, targets: [targets()], selection: { phases: ['q'] } }),
    ).toEqual([{ param: 'other', reference: { kind: 'ssm', name: '/a' }, operations: ['d'] }]);
  });

  test('refuses a secret of Alibaba Cloud’s agent on nodes that it does not run on', () => {
    const job = jobOf([{ name: 'p', operations: [op('a', used)] }]);
    const ask =
      (...nodes: ReturnType<typeof target>[]) =>
      () =>
        neededSecrets({ job, params, targets: [targets(...nodes)] });
    expect(ask(target('i-1', 'aliyun'))()).toHaveLength(1);
    expect(ask(target('i-1', 'aliyun'), target('i-2'), target('i-3'))).toThrow(
      expect.objectContaining({ code: 'secret.unsupported', message: expect.stringContaining('and 1 more nodes') }),
    );
  });

  test('lets a condition keep such nodes out, and asks where a runner phase runs', () => {
    const conditional = jobOf([{ name: 'p', operations: [op('a', { ...used, when: 'node.agent == "aliyun"' })] }]);
    expect(neededSecrets({ job: conditional, params, targets: [targets(target('i-1'))] })).toHaveLength(1);
    const runner = jobOf([{ name: 'p', on: 'runner', operations: [op('a', used)] }]);
    const at = (agent: 'aws' | 'aliyun') => ({
      ...targets(target('i-1', agent === 'aws' ? 'aliyun' : 'aws')),
      runners: { '0': target('i-9', agent) },
    });
    expect(neededSecrets({ job: runner, params, targets: [at('aliyun')] })).toHaveLength(1);
    expect(() => neededSecrets({ job: runner, params, targets: [at('aws')] })).toThrow(/oos-secret:t/);
  });
});
