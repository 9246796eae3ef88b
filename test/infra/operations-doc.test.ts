import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createEcsCalls } from '#functions/adapters/aliyun/ecs-calls.ts';
import { readConfig } from '#infra/config.ts';

const text = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
const examples = [...text.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json]) => JSON.parse(json ?? ''));

describe('docs/operations.md', () => {
  it('configures accounts as the stack reads them', () => {
    const contexts = examples.filter((one) => 'awsAccounts' in one || 'aliyunAccounts' in one);
    expect(contexts).toHaveLength(2);
    for (const context of contexts)
      expect(readConfig((key) => context[key])).toMatchObject({ awsAccounts: expect.any(Array) });
  });

  it('grants in Alibaba Cloud what is called there, and nothing else', () => {
    const calls = createEcsCalls('cn-hangzhou', async () => ({}));
    const actions = Object.keys(calls).map((name) => `ecs:${name.charAt(0).toUpperCase()}${name.slice(1)}`);
    const [policy] = examples.filter((one) => JSON.stringify(one).includes('ecs:RunCommand'));
    expect([...policy.Statement[0].Action].sort()).toEqual(actions.sort());
  });
});
