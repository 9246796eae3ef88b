import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { pageSchemaOf } from '#shared/contract/pages.ts';
import { type ResultView, type RunView, resultViewSchema, runViewSchema } from '#shared/contract/run-views.ts';
import { runIdSchema } from '#shared/model/ids.ts';
import { hostsFleet, openFleet } from '#test/kit/fleet.ts';
import { type DeployedCloud, machineArn, startDeployedCloud } from './deployed-cloud.ts';

/** Nodes of the gray-scale run; nodes of the large one have another role. */
const fleetYaml = hostsFleet(80, 40);
const largeFleet = Array.from(
  { length: 1000 },
  (_, index) =>
    `  - {id: i-1${String(index).padStart(16, '0')}, name: k-${index + 1}, cloud: aws, region: eu-west-1, tags: {role: k}}`,
);

const job = {
  apiVersion: 'drover/v1',
  kind: 'Job',
  metadata: { name: 'roll-shop' },
  spec: {
    params: { version: { type: 'string', required: true } },
    targets: { where: 'has(node.tags.role) && node.tags.role == "h"' },
    groups: [
      {
        name: 'roll',
        strategy: 'grayScale',
        rounds: [1, '10%', '50%', '100%'],
        soak: '1s',
        maxFailures: '5%',
        phases: [
          { name: 'announce', on: 'runner', round: 'first', operations: [{ id: 'say', run: 'echo rolling' }] },
          {
            name: 'restart',
            operations: [
              {
                id: 'stop',
                run: 'echo "free=$((1000 + ${#NAME}))" >> "$DROVER_OUTPUT"; case $NAME in h-7|c-9) exit 3;; esac',
                env: { NAME: '${{ node.name }}' },
                failIgnore: true,
                outputs: { free: { default: '2000' } },
              },
              {
                id: 'start',
                // More than an agent's answer holds comes from one node: it goes to the bucket by itself.
                run: 'echo "$NAME at $VERSION has $FREE"; [ "$NAME" = h-5 ] && head -c 60000 /dev/zero | tr "\\0" x; true',
                when: 'int(outputs.stop.free) > 1000',
                env: { NAME: '${{ node.name }}', VERSION: '${{ params.version }}', FREE: '${{ outputs.stop.free }}' },
              },
            ],
          },
        ],
      },
    ],
  },
};
const params = { version: "1.2.3 $(id) 'x'" };

/** What came of a run, whenever and under whatever id it was. */
const outcomeOf = (run: RunView, results: readonly ResultView[]) => ({
  status: run.status,
  groups: run.groups.map(({ phases, ...group }) => ({
    ...group,
    phases: phases.map(({ slices, ...phase }) => ({
      ...phase,
      slices: slices.map(({ openedAt: _opened, closedAt: _closed, ...slice }) => slice),
    })),
  })),
  results: results
    .map(({ resultId: _id, startedAt: _started, durationMs: _duration, recordedAt: _at, ...result }) => {
      const { invocationId: _invocation, agentInvocationId: _sending, ...rest } = result;
      return rest;
    })
    .sort((a, b) => (`${a.operation} ${a.name}` < `${b.operation} ${b.name}` ? -1 : 1)),
});

const readResults = async (cloud: DeployedCloud, runId: string): Promise<readonly ResultView[]> => {
  const pages = pageSchemaOf(resultViewSchema);
  const found: ResultView[] = [];
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const page = pages.parse(
      await cloud.request(
        'GET',
        `/v1/runs/${runId}/results?limit=100${cursor === undefined ? '' : `&cursor=${cursor}`}`,
      ),
    );
    found.push(...page.items);
    cursor = page.cursor;
  }
  return found;
};

const runOnLocalCloud = async () => {
  const fleet = await openFleet(fleetYaml);
  try {
    const run = await fleet.run(job, params);
    return outcomeOf(run, (await fleet.services.listResults(run.runId, { limit: 1000 })).items);
  } finally {
    await fleet.close();
  }
};

let cloud: DeployedCloud;
beforeAll(async () => {
  cloud = await startDeployedCloud([fleetYaml, ...largeFleet].join('\n'));
}, 240_000);
afterAll(() => cloud?.stop());

/** What was called and written so far. */
const spent = () => {
  const agent = cloud.provider.calls();
  const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
  return {
    agentCalls: sum(
      ['SendCommand', 'ListCommandInvocations', 'GetCommandInvocation', 'ListCommands', 'CancelCommand']
        .concat('RunCommand', 'DescribeInvocations', 'DescribeInvocationResults', 'StopInvocation')
        .map((action) => agent[action] ?? 0),
    ),
    sendings: (agent['SendCommand'] ?? 0) + (agent['RunCommand'] ?? 0),
    transitions: sum(Object.values(cloud.machine.transitions)),
    lambdaCalls: sum([...cloud.functions].filter(([name]) => name !== 'Api').map(([, one]) => one.calls())),
    looks: cloud.functions.get('CollectResults')?.calls() ?? 0,
    itemsWritten: cloud.table.itemsWritten(),
    scans: cloud.table.calls['Scan'] ?? 0,
    rateReads: cloud.table.rates.reads,
    rateWrites: cloud.table.rates.writes,
  };
};

type Spent = ReturnType<typeof spent>;

/** Starts a run, waits for its end, and tells what it took. */
const runDeployed = async (body: unknown): Promise<{ run: RunView; results: readonly ResultView[]; took: Spent }> => {
  const before = spent();
  const { runId } = z.object({ runId: runIdSchema }).parse(await cloud.request('POST', '/v1/runs', body));
  await cloud.idle();
  const after = spent();
  const difference = Object.entries(after).map(([name, value]) => [name, value - before[name as keyof Spent]]);
  const took: Spent = Object.fromEntries(difference);
  console.log(JSON.stringify(took));
  const run = runViewSchema.parse(await cloud.request('GET', `/v1/runs/${runId}`));
  return { run, results: await readResults(cloud, runId), took };
};

describe('the synthesized state machine with the bundled handlers', () => {
  it('takes a gray-scale run over two clouds to the same results as the local cloud', async () => {
    const { run, results, took } = await runDeployed({ job, params });
    const outcome = outcomeOf(run, results);

    expect(outcome.status).toBe('completed');
    expect(outcome.groups[0]).toMatchObject({ nodeCount: 120, rounds: 4 });
    expect(outcome.results).toHaveLength(241);
    expect(outcome).toEqual(await runOnLocalCloud());
    // What a sending may take by the aims for a large run (60 agent calls, 200 transitions and 250 calls of functions for 20 sendings), and
    // what each look beyond the first adds. Each round is a stage of its own, with a soak before it.
    const more = took.looks - took.sendings;
    expect(took.agentCalls).toBeLessThanOrEqual(3 * took.sendings + 3 * more);
    expect(took.transitions).toBeLessThanOrEqual(10 * took.sendings + 3 * more + 4 * 4);
    expect(took.lambdaCalls).toBeLessThanOrEqual(12.5 * took.sendings + 3 * more);
    // The value that the first one of the two operations passes on is an item for each node.
    expect(took.itemsWritten).toBeLessThanOrEqual(120 + 20 * took.sendings + 7 * more);
    expect(took.scans).toBe(0);
  }, 120_000);

  it('takes 1,000 nodes through one operation within the aims', async () => {
    const { run, took } = await runDeployed({
      job: {
        apiVersion: 'drover/v1',
        kind: 'Job',
        metadata: { name: 'large' },
        spec: {
          targets: { where: 'has(node.tags.role) && node.tags.role == "k"' },
          groups: [{ name: 'g', phases: [{ name: 'p', operations: [{ id: 'o', run: 'true' }] }] }],
        },
      },
    });
    expect(run.groups[0]?.phases[0]?.counts).toEqual({ succeeded: 1000 });
    const more = took.looks - took.sendings;
    expect(took.sendings).toBe(20);
    expect(took.agentCalls).toBeLessThanOrEqual(60 + 3 * more);
    expect(took.transitions).toBeLessThanOrEqual(200 + 3 * more);
    expect(took.lambdaCalls).toBeLessThanOrEqual(250 + 3 * more);
    // Each look writes one item with the results that it heard of; the rest are the records of sendings and batches, and counters of what they used.
    expect(took.itemsWritten).toBeLessThanOrEqual(1_100);
    expect(took.itemsWritten).toBeLessThanOrEqual(15 * took.sendings + 7 * more);
    // Nothing was throttled: each function looks for shared limits when it begins, and then every five seconds at most.
    expect(took.rateWrites).toBe(0);
    expect(took.rateReads).toBeGreaterThan(0);
    expect(took.rateReads).toBeLessThan(took.agentCalls);
  }, 120_000);

  it('is looked after: the end of an execution and a sweep find nothing that is still open', async () => {
    const [name] = cloud.machine.executions.keys();
    const ended = (more: Readonly<Record<string, string>>) => ({
      source: 'aws.states',
      'detail-type': 'Step Functions Execution Status Change',
      detail: { stateMachineArn: machineArn, name, status: 'ABORTED', ...more },
    });
    expect(await cloud.event(ended({}))).toEqual([{ care: 'over' }]);
    expect(await cloud.event(ended({ status: 'SUCCEEDED' }))).toEqual([]);
    expect(await cloud.event(ended({ stateMachineArn: `${machineArn}/Batch` }))).toEqual([]);
    const sweep = () => cloud.functions.get('SweepRuns')?.call({});
    expect(await sweep()).toEqual({ open: 2, started: 0, settled: 0, failed: 0 });
    expect(await sweep()).toEqual({ open: 0, started: 0, settled: 0, failed: 0 });
  });

  it('leaves nothing behind: every execution succeeded, and no function complained', async () => {
    const ends = await Promise.all([...cloud.machine.executions.values()].map(({ ended }) => ended));
    expect(ends).toEqual(['SUCCEEDED', 'SUCCEEDED']);
    const complaints = [...cloud.functions.values()].flatMap(
      (one) => one.log().match(/"level":"(WARN|ERROR)".*/g) ?? [],
    );
    expect(complaints).toEqual([]);
  });
});
