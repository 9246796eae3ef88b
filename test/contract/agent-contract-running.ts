import { describe, expect, test } from 'vitest';
import { joinSentIds } from '#functions/adapters/agent/sent-ids.ts';
import { countedScript, ended, invocationOf, lookUntil, run, runOnOne, sending } from './agent-sendings.ts';
import { type AgentKindUnderTest, openAgentForSuite } from './open-agent.ts';

/** Running scripts and looking at them. */
export const runningContract = (kind: AgentKindUnderTest): void => {
  describe(`agent ${kind.kind}: running`, () => {
    const subject = openAgentForSuite(kind);

    test('runs a script on every instance and says when each began and ended', async () => {
      const ids = subject().good.slice(0, 3);
      const reports = await run(subject(), ids, 'echo hello');
      expect(reports.map(({ instanceId }) => instanceId).toSorted()).toEqual(ids.toSorted());
      for (const report of reports) {
        expect(report).toMatchObject({
          state: 'succeeded',
          exitCode: 0,
          reason: null,
          text: 'hello\n',
          droppedBytes: 0,
        });
        expect(Date.parse(report.endedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(report.startedAt ?? ''));
      }
    });

    test('keeps the exit code of a script that fails', async () => {
      await expect(runOnOne(subject(), 'echo before; exit 7')).resolves.toMatchObject({
        state: 'failed',
        exitCode: 7,
        rawStatus: 'Failed',
        text: 'before\n',
      });
    });

    test('carries any character there and back', async () => {
      const text = 'Grüße, 漢字, 🚀 and a \\ $(id) `id` "\' line\nand another';
      const report = await runOnOne(subject(), `cat <<'END'\n${text}\nEND\n`);
      expect(report.text).toBe(`${text}\n`);
    });

    test('returns as much text as its limits promise, whole', async () => {
      const { textBytes } = subject().agent.limits;
      const report = await runOnOne(subject(), `head -c ${textBytes} /dev/zero | tr '\\0' x`);
      expect(report).toMatchObject({ text: 'x'.repeat(textBytes), droppedBytes: 0 });
    });

    test('says so when the agent dropped some of the text', async () => {
      const report = await runOnOne(subject(), "head -c 100000 /dev/zero | tr '\\0' x");
      expect(report.droppedBytes).not.toBe(0);
      expect(report.text?.length).toBeGreaterThan(20_000);
    });

    test('has no text while the script runs', async () => {
      const ids = subject().good.slice(0, 1);
      const receipt = await subject().agent.send(sending(subject(), ids, 'echo early; sleep 30'));
      const invocation = invocationOf(subject(), receipt, ids);
      const [report] = await lookUntil(subject(), invocation, ([one]) => one?.state === 'running');
      expect(report).toMatchObject({ text: null, exitCode: null, endedAt: null });
      await subject().agent.cancel(invocation);
    });

    test('reports only the instances asked for', async () => {
      const ids = subject().good.slice(0, 3);
      const receipt = await subject().agent.send(sending(subject(), ids, 'true'));
      const reports = await ended(subject(), invocationOf(subject(), receipt, ids.slice(1)));
      expect(reports.map(({ instanceId }) => instanceId).toSorted()).toEqual(ids.slice(1).toSorted());
    });

    test('reports nothing of an invocation that is too fresh to be known', async () => {
      const ids = subject().good.slice(0, 1);
      subject().cloud.setFaults({ notFoundAtFirst: 1 });
      const receipt = await subject().agent.send(sending(subject(), ids, 'true'));
      const invocation = invocationOf(subject(), receipt, ids);
      await expect(subject().agent.look(invocation)).resolves.toEqual([]);
      await expect(ended(subject(), invocation)).resolves.toMatchObject([{ state: 'succeeded' }]);
    });

    test('looks at and cancels all parts of a sending in parts', async () => {
      const [one = '', other = ''] = subject().good;
      const receipts = [
        await subject().agent.send(sending(subject(), [one], 'sleep 30')),
        await subject().agent.send(sending(subject(), [other], 'sleep 30')),
      ];
      const agentInvocationId = joinSentIds(receipts.flatMap((receipt) => receipt.agentInvocationId ?? []));
      const invocation = invocationOf(subject(), { agentInvocationId: agentInvocationId ?? '' }, [one, other]);
      await lookUntil(subject(), invocation, (reports) => reports.length === 2);
      await subject().agent.cancel(invocation);
      const reports = await ended(subject(), invocation);
      expect(reports.map(({ state }) => state)).toEqual(['cancelled', 'cancelled']);
    });

    test('stops a script that runs, with all that it started', async () => {
      const ids = subject().good.slice(0, 2);
      const after = countedScript(subject());
      // Cloud Assistant ends children before their parents: a shell that does not look how they ended might go on for an instant.
      const script = `(sleep 30 & wait $!) && ${after.script}`;
      const receipt = await subject().agent.send(sending(subject(), ids, script));
      const invocation = invocationOf(subject(), receipt, ids);
      await lookUntil(
        subject(),
        invocation,
        (reports) => reports.length === 2 && reports.every(({ state }) => state === 'running'),
      );
      await subject().agent.cancel(invocation);
      const reports = await ended(subject(), invocation);
      expect(reports.map(({ state, exitCode }) => ({ state, exitCode }))).toEqual([
        { state: 'cancelled', exitCode: null },
        { state: 'cancelled', exitCode: null },
      ]);
      await expect(after.runs()).resolves.toBe(0);
    });

    test('takes a cancel of what is at its end, and of what it never heard of', async () => {
      const ids = subject().good.slice(0, 1);
      const receipt = await subject().agent.send(sending(subject(), ids, 'true'));
      const invocation = invocationOf(subject(), receipt, ids);
      await ended(subject(), invocation);
      await expect(subject().agent.cancel(invocation)).resolves.toBeUndefined();
      await expect(subject().agent.look(invocation)).resolves.toMatchObject([{ state: 'succeeded' }]);
      const unheard = { ...invocation, agentInvocationId: '00000000-0000-4000-8000-000000000000' };
      await expect(subject().agent.cancel(unheard)).resolves.toBeUndefined();
      await expect(subject().agent.look(unheard)).resolves.toEqual([]);
    });

    test('says that an instance which does not answer never took the script', async () => {
      const reports = await run(subject(), [subject().offline], 'true');
      expect(reports).toMatchObject([{ state: 'undeliverable', exitCode: null, reason: expect.any(String) }]);
    });

    test('knows which agents answer', async () => {
      const { agent, scope, good, offline, unknown } = subject();
      const instanceIds = [unknown, offline, ...good.slice(0, 60)];
      const reaches = await agent.reach({ ...scope, instanceIds });
      expect(reaches.map(({ instanceId }) => instanceId)).toEqual(instanceIds);
      expect(reaches.map(({ online }) => online)).toEqual([false, false, ...good.slice(0, 60).map(() => true)]);
      expect(reaches[2]).toMatchObject({ agentVersion: expect.any(String), lastSeenAt: expect.stringMatching(/Z$/) });
      expect(reaches[0]).toEqual({ instanceId: unknown, online: false });
    });
  });
};
