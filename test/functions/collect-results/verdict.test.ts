import { describe, expect, it } from 'vitest';
import { verdictOf } from '#functions/collect-results/verdict.ts';
import { runIdSchema } from '#shared/model/ids.ts';
import { nodeSchema, placementOf } from '#shared/model/node.ts';
import type { InstanceReport } from '#shared/ports/agent.ts';

const runId = runIdSchema.parse('01J00000000000000000000000');
const node = nodeSchema.parse({
  id: 'i-1',
  name: 'n',
  host: 'h',
  agent: 'aws',
  region: 'eu-west-1',
  instanceId: 'i-1',
});
const batchNode = { node, via: placementOf(node), startAt: 0, tolerated: false };
const report = (more: Partial<InstanceReport>): InstanceReport => ({
  instanceId: 'i-1',
  state: 'running',
  rawStatus: 'InProgress',
  reason: null,
  exitCode: null,
  startedAt: null,
  endedAt: null,
  text: null,
  droppedBytes: 0,
  ...more,
});
const at = (nowMs: number, given: InstanceReport | undefined) =>
  verdictOf({ batchNode, runId, fence: 'f', report: given, nowMs, deliverByMs: 100, deadlineMs: 1000 });
const brief = (verdict: ReturnType<typeof at>) =>
  verdict.kind === 'open' ? 'open' : `${verdict.kind} ${verdict.outcome.status}`;

describe('the verdict on a node', () => {
  it.each([
    ['waits for an agent that is not known yet', 50, undefined, 'open'],
    [
      'gives an agent that never showed up as undeliverable once delivery is over',
      100,
      undefined,
      'givenUp undeliverable',
    ],
    [
      'gives an agent that has not taken it as undeliverable',
      100,
      report({ state: 'waiting', rawStatus: 'Pending' }),
      'givenUp undeliverable',
    ],
    ['waits for a node that took it, past delivery', 500, report({}), 'open'],
    ['calls a node that took it and never answered lost', 1000, report({}), 'givenUp lost'],
    [
      'believes the agent, however late',
      5000,
      report({ state: 'failed', rawStatus: 'Failed', exitCode: 3, text: 'noise' }),
      'said failed',
    ],
    [
      'believes an undeliverable at any time',
      1,
      report({ state: 'undeliverable', rawStatus: 'Undeliverable' }),
      'said undeliverable',
    ],
    ['calls it lost when the agent lost track', 1, report({ state: 'error', rawStatus: 'Error' }), 'said lost'],
  ])('%s', (_, now, given, wanted) => {
    expect(brief(at(now, given))).toBe(wanted);
  });

  it('keeps the raw status, the exit code and the bytes that the agent dropped', () => {
    const verdict = at(1, report({ state: 'failed', rawStatus: 'Failed', exitCode: 7, text: 'né', droppedBytes: 9 }));

    expect(verdict).toMatchObject({
      outcome: { rawStatus: 'Failed', exitCode: 7, stdout: 'né', stdoutBytes: 3, omittedBytes: 9 },
    });
  });

  it('says of an exit code that asks for a reboot why there was none', () => {
    const body = 'finished f e 194 1.00 2.00 - 0 0 0 0 =1= - 1 .';
    const ended = report({ state: 'failed', text: `drover1 new ${body.length} ${body}\n` });
    const reasonOf = (mayReboot: boolean) => {
      const verdict = verdictOf({
        batchNode,
        runId,
        fence: 'f',
        report: ended,
        mayReboot,
        nowMs: 1,
        deliverByMs: 100,
        deadlineMs: 1000,
      });
      return verdict.kind === 'said' ? verdict.outcome.reason : undefined;
    };
    expect(reasonOf(false)).toContain('the operation does not allow it with reboot: true');
    expect(reasonOf(true)).toContain('its node was rebooted 3 times already');
  });

  it('calls a node lost that went for a reboot and is over for its agent', () => {
    const body = 'rebooting f 0 b 1795246394 194 .';
    const verdict = at(1, report({ state: 'error', text: `drover1 new ${body.length} ${body}\n` }));
    expect(brief(verdict)).toBe('said lost');
    expect(verdict.kind !== 'open' && verdict.outcome.reason).toContain('asked for a reboot');
  });
});
