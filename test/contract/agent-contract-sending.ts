import { describe, expect, test } from 'vitest';
import { countedScript, ended, invocationOf, run, sending } from './agent-sendings.ts';
import { type AgentKindUnderTest, type AgentUnderTest, openAgentForSuite } from './open-agent.ts';

/** How often an action was called since. */
const callCounter = ({ cloud }: AgentUnderTest) => {
  const before = cloud.calls();
  return (action: string): number => (cloud.calls()[action] ?? 0) - (before[action] ?? 0);
};

/** Sending exactly once, to whom it can be sent to. */
export const sendingContract = (kind: AgentKindUnderTest): void => {
  describe(`agent ${kind.kind}: sending`, () => {
    const subject = openAgentForSuite(kind);

    test('sends a full batch with one call and looks at it by the page', async () => {
      const { agent, actions } = subject();
      const ids = subject().good.slice(0, agent.limits.instances);
      const calls = callCounter(subject());
      const receipt = await agent.send(sending(subject(), ids, 'echo "$((6 * 7))"'));
      expect(calls(actions.send)).toBe(1);
      const reports = await ended(subject(), invocationOf(subject(), receipt, ids));
      expect(reports.filter(({ text }) => text === '42\n')).toHaveLength(ids.length);
      const looks = calls(actions.look);
      await agent.look(invocationOf(subject(), receipt, ids));
      expect(calls(actions.look) - looks).toBe(Math.ceil(ids.length / 50));
    });

    test('refuses a batch that is too large as a defect of the planner', async () => {
      await expect(subject().agent.send(sending(subject(), subject().good, 'true'))).rejects.toMatchObject({
        code: 'internal.bug',
      });
    });

    test('refuses a script that is too large before any call', async () => {
      const { agent, actions, good } = subject();
      const calls = callCounter(subject());
      const script = 'x'.repeat(agent.limits.scriptBytes + 1);
      await expect(agent.send(sending(subject(), good.slice(0, 1), script))).rejects.toMatchObject({
        code: 'script.too-large',
      });
      expect(calls(actions.send)).toBe(0);
    });

    test('runs a script of the largest size', async () => {
      const { scriptBytes } = subject().agent.limits;
      const head = 'echo whole\n#';
      const script = head + 'é'.repeat(Math.floor((scriptBytes - head.length) / 2));
      await expect(run(subject(), subject().good.slice(0, 1), script)).resolves.toMatchObject([{ text: 'whole\n' }]);
    });

    test('refuses the instances that do not exist and runs once on each of the others', async () => {
      const { agent, good, unknown } = subject();
      const counted = countedScript(subject());
      const ids = [...good.slice(0, 3), unknown, ...good.slice(3, 6)];
      const receipt = await agent.send(sending(subject(), ids, counted.script));
      expect(receipt.refusals).toEqual([
        { instanceId: unknown, reason: expect.any(String), rawStatus: expect.stringMatching(/^InvalidInstance/) },
      ]);
      const others = ids.filter((id) => id !== unknown);
      await ended(subject(), invocationOf(subject(), receipt, others));
      await expect(counted.runs()).resolves.toBe(others.length);
    });

    test('a stopped instance does not keep the script from the others', async () => {
      const { agent, good, stopped } = subject();
      const counted = countedScript(subject());
      const ids = [...good.slice(0, 4), stopped];
      const receipt = await agent.send(sending(subject(), ids, counted.script));
      const refused = receipt.refusals.map(({ instanceId }) => instanceId);
      const taken = ids.filter((id) => !refused.includes(id));
      const reports = await ended(subject(), invocationOf(subject(), receipt, taken));
      const undeliverable = reports
        .filter(({ state }) => state === 'undeliverable')
        .map(({ instanceId }) => instanceId);
      expect([...refused, ...undeliverable]).toEqual([stopped]);
      await expect(counted.runs()).resolves.toBe(4);
    });

    test('has no id when no instance takes it', async () => {
      const receipt = await subject().agent.send(sending(subject(), [subject().unknown], 'true'));
      expect(receipt).toMatchObject({ refusals: [{ instanceId: subject().unknown }] });
      expect(receipt).not.toHaveProperty('agentInvocationId');
    });

    test('finds a sending by our own id, and none that was never sent', async () => {
      const { agent, scope, good } = subject();
      const since = new Date().toISOString();
      const request = sending(subject(), good.slice(0, 2), 'true');
      await expect(agent.find({ ...scope, invocationId: request.invocationId, since })).resolves.toBeUndefined();
      const receipt = await agent.send(request);
      await agent.send(sending(subject(), good.slice(0, 1), 'true'));
      await expect(agent.find({ ...scope, invocationId: request.invocationId, since })).resolves.toBe(
        receipt.agentInvocationId,
      );
    });

    test('finds a sending of which instances were refused', async () => {
      const { agent, scope, good, unknown } = subject();
      const request = sending(subject(), [unknown, ...good.slice(0, 2)], 'true');
      const receipt = await agent.send(request);
      const since = new Date().toISOString();
      await expect(agent.find({ ...scope, invocationId: request.invocationId, since })).resolves.toBe(
        receipt.agentInvocationId,
      );
    });

    test('finds a sending behind a hundred others', { timeout: 60_000 }, async () => {
      const { agent, scope, good } = subject();
      const since = new Date().toISOString();
      const request = sending(subject(), good.slice(0, 1), 'true');
      const receipt = await agent.send(request);
      for (let index = 0; index < 100; index += 1) await agent.send(sending(subject(), good.slice(0, 1), 'true'));
      await expect(agent.find({ ...scope, invocationId: request.invocationId, since })).resolves.toBe(
        receipt.agentInvocationId,
      );
    });

    test('never runs anything twice when the answer to a sending is lost', async () => {
      const { agent, scope, good, cloud } = subject();
      const counted = countedScript(subject());
      const ids = good.slice(0, 5);
      const request = sending(subject(), ids, counted.script);
      cloud.setFaults({ dropResponse: 1 });
      await expect(agent.send(request)).rejects.toMatchObject({ code: 'agent.unavailable' });
      cloud.setFaults({});
      const since = new Date().toISOString();
      const agentInvocationId = await agent.find({ ...scope, invocationId: request.invocationId, since });
      expect(agentInvocationId).toBeDefined();
      await ended(subject(), invocationOf(subject(), { agentInvocationId: agentInvocationId ?? '' }, ids));
      await expect(counted.runs()).resolves.toBe(ids.length);
    });

    test('works when half of all calls are throttled, and still runs nothing twice', async () => {
      const { good, cloud, agent, scope, unknown } = subject();
      const counted = countedScript(subject());
      cloud.setFaults({ throttle: 0.5 });
      const ids = [unknown, ...good.slice(0, 9)];
      const request = sending(subject(), ids, counted.script);
      const receipt = await agent.send(request);
      const since = new Date().toISOString();
      await expect(agent.find({ ...scope, invocationId: request.invocationId, since })).resolves.toBe(
        receipt.agentInvocationId,
      );
      await ended(subject(), invocationOf(subject(), receipt, ids.slice(1)));
      await agent.cancel(invocationOf(subject(), receipt, ids.slice(1)));
      await expect(counted.runs()).resolves.toBe(9);
    });

    test('reads on when half of all answers are lost', async () => {
      const { good, cloud, agent } = subject();
      const ids = good.slice(0, 3);
      const receipt = await agent.send(sending(subject(), ids, 'true'));
      cloud.setFaults({ dropResponse: 0.5 });
      const reports = await ended(subject(), invocationOf(subject(), receipt, ids));
      expect(reports.map(({ state }) => state)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    });

    test('gives up as throttled when every call is', async () => {
      subject().cloud.setFaults({ throttle: 1 });
      await expect(subject().agent.send(sending(subject(), subject().good.slice(0, 1), 'true'))).rejects.toMatchObject({
        code: 'agent.throttled',
        cause: expect.any(Error),
      });
    });
  });
};
