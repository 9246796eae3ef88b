import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterReboots } from '#functions/collect-results/after-reboots.ts';
import type { InstanceReport } from '#shared/ports/agent.ts';

const line = (body: string): string => `drover1 new ${body.length} ${body}\n`;
const rebooting = line('rebooting f 0 boot 1795246394 194 .');
const refused = line('refused f stopped 125 .');
const report = (
  state: InstanceReport['state'],
  text: string | null,
  more: Partial<InstanceReport> = {},
): InstanceReport => ({
  instanceId: 'i-1',
  state,
  rawStatus: state,
  reason: null,
  exitCode: null,
  startedAt: null,
  endedAt: text === null ? null : '2026-11-21T10:00:00.000Z',
  text,
  droppedBytes: 0,
  ...more,
});
const later = Date.parse('2026-11-21T10:01:00.000Z');
const down = report('failed', rebooting);
const view = { fence: 'f', comesBack: false, nowMs: later };

describe('instances whose script may have them rebooted', () => {
  it('are to be sent to again when they asked for their reboot, and count as running', () => {
    expect(afterReboots([down], view)).toEqual({
      standing: [{ ...down, state: 'running', text: null }],
      gone: ['i-1'],
    });
  });

  it('are not sent to while they are still on their way down', () => {
    expect(afterReboots([down], { ...view, nowMs: Date.parse('2026-11-21T10:00:03.000Z') })).toMatchObject({
      standing: [{ state: 'running' }],
      gone: [],
    });
  });

  it('are waited for while the next sending is under way, even when nobody has taken it yet', () => {
    for (const state of ['waiting', 'running'] as const)
      expect(afterReboots([down, report(state, null)], view)).toMatchObject({
        standing: [{ state: 'running' }],
        gone: [],
      });
  });

  it('are sent to once more when the next sending found them down, or not yet rebooted', () => {
    expect(afterReboots([down, report('undeliverable', '')], view).gone).toEqual(['i-1']);
    expect(afterReboots([down, down, report('undeliverable', '')], view).gone).toEqual(['i-1']);
  });

  it('are at their end with the word of the script, whichever sending it came with', () => {
    const end = report('failed', refused);
    for (const reports of [
      [down, end],
      [end, down],
      [down, report('undeliverable', ''), end],
      [down, end, report('waiting', null)],
    ])
      expect(afterReboots(reports, view)).toEqual({ standing: [end], gone: [] });
  });

  it('are left to an agent that runs the script again by itself', () => {
    expect(afterReboots([down], { ...view, comesBack: true })).toEqual({ standing: [down], gone: [] });
  });

  it('keep their one report when nobody asked for a reboot', () => {
    const plain = report('failed', 'noise');
    expect(afterReboots([plain], view)).toEqual({ standing: [plain], gone: [] });
    expect(afterReboots([report('failed', rebooting)], { ...view, fence: 'other' })).toMatchObject({ gone: [] });
  });

  it('have one report each, and one that is at its end is never sent to again', () => {
    const any = fc.record({
      id: fc.constantFrom('i-1', 'i-2', 'i-3'),
      kind: fc.constantFrom(down, report('undeliverable', ''), report('waiting', null), report('succeeded', refused)),
    });
    fc.assert(
      fc.property(fc.array(any), (given) => {
        const reports = given.map(({ id, kind }) => ({ ...kind, instanceId: id }));
        const { standing, gone } = afterReboots(reports, view);
        const ids = standing.map((one) => one.instanceId);
        expect(new Set(ids)).toEqual(new Set(reports.map((one) => one.instanceId)));
        expect(ids).toHaveLength(new Set(ids).size);
        for (const id of gone) {
          const own = reports.filter((one) => one.instanceId === id);
          expect(own.some((one) => one.text === rebooting)).toBe(true);
          expect(own.some((one) => one.state === 'succeeded' || one.state === 'waiting')).toBe(false);
        }
      }),
    );
  });
});
