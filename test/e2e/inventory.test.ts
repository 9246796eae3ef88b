import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AgentsView } from '#shared/contract/agent-views.ts';
import type { NodesPage } from '#shared/contract/node-views.ts';
import type { RunPlan } from '#shared/plan/run-plan.ts';
import { cli } from '#test/cli/test-host.ts';
import { type OpenFleet, openFleet } from '#test/kit/fleet.ts';
import { jobOf, op } from '#test/kit/rig.ts';

const fleetYaml = `
instances:
  - {name: well, cloud: aws, region: eu-west-1, tags: {app: shop}}
  - {name: behind, cloud: aws, region: eu-west-1, tags: {app: shop}, behaviour: {agentVersion: 3.1.0.0}}
  - {name: bare, cloud: aws, region: eu-west-1, tags: {app: shop}, behaviour: {noAgent: true}}
  - {name: well-hz, cloud: aliyun, region: cn-hangzhou, tags: {app: shop}}
  - {name: bare-hz, cloud: aliyun, region: cn-hangzhou, tags: {app: shop}, behaviour: {noAgent: true, rebootSeconds: 0}}
`;
const job = jobOf(
  [{ name: 'g', maxFailures: 9, phases: [{ name: 'p', operations: [op('hello', { run: 'true' })] }] }],
  {
    targets: { where: 'node.tags.app == "shop"' },
  },
);

let fleet: OpenFleet;
beforeAll(async () => {
  fleet = await openFleet(fleetYaml);
});
afterAll(() => fleet.close());

const drover = async (...argv: readonly string[]) => {
  const { stdout, stderr, exitCode } = await cli([...argv, '-o', 'json'], { services: fleet.services });
  return { stderr, exitCode, stdout };
};
const status = async (): Promise<AgentsView> => JSON.parse((await drover('agents', 'status', '--refresh')).stdout);
const countsOf = ({ places }: AgentsView) =>
  places.map(({ agent, online, silent, missing }) => [agent, online, silent, missing]);

describe('nodes without an agent, from the fleet to the run', () => {
  test('are counted, named in the plan, left out of the run, and take part once an agent is there', async () => {
    const before = await status();
    expect(countsOf(before)).toEqual([
      ['aliyun', 1, 0, 1],
      ['aws', 2, 0, 1],
    ]);
    expect(before.lacking.map(({ name, state }) => [name, state])).toEqual([
      ['bare', 'missing'],
      ['bare-hz', 'missing'],
    ]);

    const plan = await fleet.services.planPreview({ job, params: {}, only: {} });
    expect(leftOut(plan)).toEqual(['has no Cloud Assistant', 'has no agent that SSM knows']);
    expect((await fleet.run(job)).status).toBe('succeeded');

    const dry = await drover('agents', 'install', '--dry-run');
    expect(actionsOf(dry.stdout)).toEqual([
      'bare manual',
      'bare-hz install',
      'behind update',
      'well none',
      'well-hz none',
    ]);
    expect(countsOf(await status())).toEqual(countsOf(before));

    const done = await drover('agents', 'install', '--reboot');
    expect(actionsOf(done.stdout)).toEqual(actionsOf(dry.stdout));
    expect(done.exitCode).toBe(8);

    const after = await eventually(status, ({ places }) => places.every(({ versions }) => versions.length === 1));
    expect(countsOf(after)).toEqual([
      ['aliyun', 2, 0, 0],
      ['aws', 2, 0, 1],
    ]);
    const again = await fleet.run(job);
    const { items } = await fleet.services.listNodeRows(again.runId, { limit: 10 });
    expect([again.status, items.length]).toEqual(['succeeded', 4]);
  }, 30_000);

  test('a list says when it was read, and is read anew only when it is asked to', async () => {
    const list = async (...more: readonly string[]): Promise<NodesPage> =>
      JSON.parse((await drover('nodes', 'list', ...more)).stdout);
    const first = await list('--refresh');
    expect((await list()).readAt).toBe(first.readAt);
    expect(first.items.map(({ name }) => name)).toHaveLength(5);
    expect(Date.parse((await list('--refresh')).readAt)).toBeGreaterThan(Date.parse(first.readAt));
  });
});

describe('a target set, from the command line to the run', () => {
  test('is put, shown with its nodes, and run on by jobs and exec as it was when they were planned', async () => {
    const put = await drover('targets', 'put', 'shop', '--where', 'node.tags.app == "shop" && node.agent == "aws"');
    expect([put.exitCode, JSON.parse(put.stdout).revision]).toEqual([0, 1]);
    const shown = JSON.parse((await drover('targets', 'show', 'shop')).stdout);
    expect(shown.matches.map(({ name }: { readonly name: string }) => name).toSorted()).toEqual([
      'bare',
      'behind',
      'well',
    ]);

    const ofSet = jobOf([{ name: 'g', phases: [{ name: 'p', operations: [op('hello')] }] }], {
      targets: { set: 'shop' },
    });
    const run = await fleet.run(ofSet);
    const { items } = await fleet.services.listNodeRows(run.runId, { limit: 10 });
    expect([run.status, items.map(({ name }) => name).toSorted()]).toEqual(['succeeded', ['behind', 'well']]);

    const argv = ['exec', '--set', 'shop', '--where', 'node.name == "well"', '--', 'echo hello'];
    expect(await cli(argv, { services: fleet.services })).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('hello'),
    });
    const unknown = await drover('nodes', 'list', '--set', 'shpo');
    expect(unknown).toMatchObject({ exitCode: 5, stderr: expect.stringContaining("'shop'") });
  }, 30_000);
});

const leftOut = ({ groups }: RunPlan): readonly string[] =>
  groups.flatMap((group) => group.leftOut.map(({ reason }) => reason)).toSorted();

const actionsOf = (stdout: string): readonly string[] =>
  JSON.parse(stdout)
    .items.map(({ name, action }: { readonly name: string; readonly action: string }) => `${name} ${action}`)
    .toSorted();

const eventually = async <T>(ask: () => Promise<T>, holds: (answer: T) => boolean): Promise<T> => {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const answer = await ask();
    if (holds(answer) || Date.now() > deadline) return answer;
  }
};
