import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runText } from '#cli/output/run-text.ts';
import { makeStyle } from '#cli/output/style.ts';
import type { RunView } from '#shared/contract/run-views.ts';
import type { RunId } from '#shared/model/ids.ts';
import { hostsFleet, type OpenFleet, openFleet } from '#test/kit/fleet.ts';

let fleet: OpenFleet;
beforeAll(async () => {
  fleet = await openFleet(hostsFleet(130, 70));
});
afterAll(() => fleet.close());

/** Rounds of 1, 19, 80 and 100 nodes; the probe finds something wrong after the third. */
const job = {
  apiVersion: 'drover/v1',
  kind: 'Job',
  metadata: { name: 'roll' },
  spec: {
    targets: { where: 'has(node.tags.role) && node.tags.role == "h"' },
    groups: [
      {
        name: 'roll',
        strategy: 'grayScale',
        rounds: [1, '10%', '50%', '100%'],
        soak: '1s',
        phases: [
          { name: 'work', operations: [{ id: 'work', run: 'echo done' }] },
          {
            name: 'probe',
            on: 'runner',
            judge: 'hold',
            operations: [
              { id: 'look', env: { RUN: '${{ run.id }}' }, run: 'echo x >>"$RUN"; [ "$(wc -l <"$RUN")" -ne 3 ]' },
            ],
          },
        ],
      },
    ],
  },
};

const heldInRound3 = async (): Promise<RunId> => {
  const { runId } = await fleet.services.submitRun({ request: { job, params: {}, only: {} }, actor: 'ann' });
  for (;;) {
    const { status, endedAt } = await fleet.services.viewRun(runId);
    if (status === 'waitingApproval') return runId;
    if (endedAt !== undefined) throw new Error(`The run is ${status}`);
    await setTimeout(100);
  }
};
const worked = ({ groups }: RunView) => groups[0]?.phases[0]?.counts;

describe('a gray-scale run over 200 nodes of two clouds whose probe fails in round 3', () => {
  it('holds there, goes on when it is approved, and says who did', async () => {
    const runId = await heldInRound3();
    expect(worked(await fleet.services.viewRun(runId))).toEqual({ succeeded: 100 });

    await fleet.services.decideGate(runId, { decision: 'approve', comment: 'a known alarm' }, 'bob');

    const view = await fleet.ended(runId);
    expect([view.status, worked(view)]).toEqual(['completed', { succeeded: 200 }]);
    const text = runText(view, Date.now(), makeStyle(false));
    expect(text).toContain("Phase 'probe' says that round 3 of 4 is not well");
    expect(text).toMatch(/approve by bob .*\(a known alarm\)/);
    expect(view.groups[0]?.status).toBe('completed');
  });

  it('stops there when it is rejected, and says who did', async () => {
    const runId = await heldInRound3();

    await fleet.services.decideGate(runId, { decision: 'reject', comment: 'errors in eu' }, 'bob');

    const view = await fleet.ended(runId);
    expect([view.status, worked(view)]).toEqual(['rejected', { succeeded: 100 }]);
    expect(runText(view, Date.now(), makeStyle(false))).toMatch(/rejected by bob.*errors in eu/i);
  });
});
