import { expect, test } from 'vitest';
import { AppError } from '#shared/errors/app-error.ts';
import { fixedReadAt } from '#test/kit/fixed-inventory.ts';
import { host } from '#test/kit/rig.ts';
import { cli } from '../test-host.ts';

const well = {
  listNodes: async () => ({ items: [host('i-1'), host('i-2')], readAt: fixedReadAt }),
  listRuns: async () => ({ items: [] }),
  listSchedules: async () => ({ items: [] }),
};

test('a Drover that is well says so line by line', async () => {
  const { exitCode, stdout } = await cli(['doctor'], { services: well });
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/ok +server +http:\/\/drover.test answers in \d+ ms/);
  expect(stdout).toMatch(/ok +aws eu-west-1 +2 of 2 agents answer/);
  expect(stdout).toMatch(/ok +version +Both are 1.2.3/);
});

test('what cannot be asked is a problem with what to do, and the rest is looked at all the same', async () => {
  const listNodes = () =>
    Promise.reject(
      new AppError('inventory.unavailable', 'AWS says no', { hint: 'Grant ssm:DescribeInstanceInformation.' }),
    );
  const { exitCode, stdout } = await cli(['doctor', '-o', 'json'], { services: { ...well, listNodes } });
  expect(exitCode).toBe(1);
  const { checks } = JSON.parse(stdout);
  expect(checks.find(({ check }: { check: string }) => check === 'nodes')).toEqual({
    check: 'nodes',
    status: 'problem',
    says: 'inventory.unavailable: AWS says no',
    advice: 'Grant ssm:DescribeInstanceInformation.',
  });
  expect(checks.map(({ check }: { check: string }) => check)).toContain('schedules');
});

test('clouds that cannot be read are a problem, though the latest reading is there', async () => {
  const listNodes = async () => ({ ...(await well.listNodes()), problem: 'AWS does not answer' });
  const { exitCode, stdout } = await cli(['doctor'], { services: { ...well, listNodes } });
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/problem +nodes +The clouds cannot be read, .*AWS does not answer/);
  expect(stdout).toMatch(/2 of 2 agents answer/);
});

test('a server that lets nobody in is all there is to say', async () => {
  const { exitCode, stdout } = await cli(['doctor'], { services: well, env: { DROVER_TOKEN_FILE: '' } });
  expect([exitCode, stdout]).toEqual([
    1,
    expect.stringMatching(/^problem +server +auth.required: A token is needed\n/),
  ]);
});

test('what the deployment says of itself stands among the rest, and decides the exit code', async () => {
  const examine = async () => ({
    checks: [
      { check: 'table', status: 'ok' as const, says: 'drover is ACTIVE' },
      { check: 'rule on SSM events', status: 'problem' as const, says: 'DISABLED', advice: 'aws events enable-rule' },
    ],
  });
  const { exitCode, stdout } = await cli(['doctor'], { services: { ...well, examine } });
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/ok +table +drover is ACTIVE/);
  expect(stdout).toMatch(/problem +rule on SSM events +DISABLED\n +→ aws events enable-rule/);
});

test('a server that does not know how to examine itself is worth a warning', async () => {
  const examine = () => Promise.reject(new AppError('route.not-found', 'There is no route /v1/examination'));
  const { exitCode, stdout } = await cli(['doctor'], { services: { ...well, examine } });
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/warning +deployment +It cannot look at itself.*\n +→ .*npm run deploy/);
});
