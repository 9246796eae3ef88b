import { describe, expect, it } from 'vitest';
import { onAgentEvent } from '#functions/on-agent-event/on-agent-event.ts';
import { driveAttempt, invoke, openFirst } from '#test/kit/drive.ts';
import { op, type Rig, useRigs } from '#test/kit/rig.ts';
import { agentIdOf } from '#test/kit/scripted-agent.ts';

const newRig = useRigs();

const sent = async (rig: Rig) => {
  const runId = await rig.submit([{ name: 'g', phases: [{ name: 'p', operations: [op('a')] }] }]);
  const { batches } = await openFirst(rig, runId);
  return invoke(rig, runId, batches[0]!);
};
const event = (commandId: string, status = 'Success') => ({
  source: 'aws.ssm',
  'detail-type': 'EC2 Command Invocation Status-change Notification',
  detail: { 'command-id': commandId, status, 'instance-id': 'i-001' },
});

describe('onAgentEvent', () => {
  it.each(['Success', 'Failed', 'TimedOut', 'Cancelled'])('wakes the batch that waits for it at %s', async (status) => {
    const rig = newRig();
    const { runId, invocationId } = await sent(rig);
    await rig.tasks.awaitAgent({ runId, invocationId, token: 't1' });

    expect(await rig.tasks.onAgentEvent(event(agentIdOf(invocationId), status))).toEqual({ woken: true });

    expect(rig.engine.completed).toEqual(['t1']);
  });

  it('is kept for a batch that does not wait yet', async () => {
    const rig = newRig();
    const { runId, invocationId } = await sent(rig);

    expect(await rig.tasks.onAgentEvent(event(agentIdOf(invocationId)))).toEqual({ woken: false });
    await rig.tasks.awaitAgent({ runId, invocationId, token: 't1' });

    expect(rig.engine.completed).toEqual(['t1']);
  });

  it('says that nobody was woken when the token is gone', async () => {
    const rig = newRig();
    const { runId, invocationId } = await sent(rig);
    await rig.tasks.awaitAgent({ runId, invocationId, token: 't1' });
    const task = onAgentEvent({ store: rig.store, engine: { complete: async () => false } });

    expect(await task(event(agentIdOf(invocationId)))).toEqual({ woken: false });
  });

  it.each([
    ['that is not at an end', event('cmd-1', 'InProgress')],
    ['of a command that is not ours', event('11111111-2222-3333-4444-555555555555')],
    ['of another service', { source: 'aws.ec2', detail: { 'command-id': 'cmd-1', status: 'Success' } }],
    ['that has no detail', { source: 'aws.ssm' }],
    ['that is no object', 'hello'],
  ])('leaves everything alone for an event %s', async (_, foreign) => {
    const rig = newRig();
    const { runId, invocationId } = await sent(rig);
    await rig.tasks.awaitAgent({ runId, invocationId, token: 't1' });
    const before = await rig.records(runId);

    expect(await rig.tasks.onAgentEvent(foreign)).toEqual({ woken: false });

    expect(await rig.records(runId)).toEqual(before);
  });

  it('does no harm after the end of the run', async () => {
    const rig = newRig();
    const { runId, invocationId } = await sent(rig);
    await driveAttempt(rig, runId);

    expect(await rig.tasks.onAgentEvent(event(agentIdOf(invocationId)))).toEqual({ woken: false });

    expect((await rig.services.viewRun(runId)).status).toBe('succeeded');
  });
});
