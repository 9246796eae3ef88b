import { describe, expect, it } from 'vitest';
import type { RunId } from '#shared/model/ids.ts';
import type { TaskBehaviours } from '#shared/workflow/task-registry.ts';
import { driveAttempt } from '#test/kit/drive.ts';
import { hosts, op, type Rig, runnerNode, useRigs } from '#test/kit/rig.ts';
import { mapTasks } from '#test/kit/twice.ts';

const newRig = useRigs();

const groups = [
  { name: 'check', phases: [{ name: 'say', on: 'runner', operations: [op('s', { outputs: { v: {} } })] }] },
  {
    name: 'roll',
    strategy: 'grayScale',
    rounds: [1, '100%'],
    soak: '1m',
    maxFailures: 1,
    phases: [
      {
        name: 'work',
        operations: [op('b', { when: 'node.name != "h-1"', env: { V: '${{ outputs.s.v }}' } }), op('c')],
      },
    ],
  },
];

/** Two attempts: the first fails on i-002 at its last operation. */
const drive = async (rig: Rig, wrap: (tasks: TaskBehaviours) => TaskBehaviours): Promise<RunId> => {
  let attempt = 1;
  rig.script.answer = ({ instanceId, operation }) => ({
    exit: instanceId === 'i-002' && operation === 'c' && attempt === 1 ? 1 : 0,
    ...(operation === 's' ? { outputs: { v: 'x' } } : {}),
  });
  const walk = { tasks: wrap(rig.tasks), clock: rig.clock };
  const runId = await rig.submit(groups);
  expect(await driveAttempt(walk, runId)).toBe('failed');
  await rig.services.continueRun(runId, { mode: 'continue', only: {} }, 'ann');
  attempt = 2;
  expect(await driveAttempt(walk, runId, attempt)).toBe('succeeded');
  return runId;
};

/** After each task, all tasks before it are delivered once more, from the first to the last; their answers come too late to count. */
const everyEarlierTaskAgain = (tasks: TaskBehaviours): TaskBehaviours => {
  const delivered = new Map<string, () => Promise<unknown>>();
  return mapTasks(tasks, (task, name) => async (input) => {
    const answer = await task(input);
    delivered.set(`${name} ${JSON.stringify(input)}`, () => task(input));
    for (const again of delivered.values()) await again();
    return answer;
  });
};

/** What a late delivery may change: how often was looked, which token is parked, version and latest write of the run. */
const withoutTraces = (records: unknown): unknown =>
  JSON.parse(
    JSON.stringify(records, (name, value) =>
      ['looks', 'token', 'signalled', 'version', 'writeId', 'createdAt'].includes(name) ? undefined : value,
    ),
  );

describe('late duplicates', () => {
  it('of every task after every later task change neither what is sent nor what is recorded', async () => {
    const plain = newRig([...hosts(3), runnerNode()]);
    const plagued = newRig([...hosts(3), runnerNode()]);

    const [one, other] = [await drive(plain, (tasks) => tasks), await drive(plagued, everyEarlierTaskAgain)];

    const sends = (rig: Rig, runId: RunId) =>
      rig.aws.sends.map(({ invocationId, instanceIds }) => [invocationId.replace(runId, ''), ...instanceIds]);
    expect(sends(plagued, other)).toEqual(sends(plain, one));
    expect(withoutTraces(await plagued.records(other))).toEqual(withoutTraces(await plain.records(one)));
    expect(sends(plain, one)).toHaveLength(5);
  });
});
