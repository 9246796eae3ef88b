import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Log } from '#shared/ports/services.ts';
import { hostsFleet, type OpenFleet, openFleet } from '#test/kit/fleet.ts';
import { silentLog } from '#test/kit/system.ts';

let fleet: OpenFleet;
afterEach(() => fleet.close());

const jobOf = (...operations: readonly unknown[]) => ({
  apiVersion: 'drover/v1',
  kind: 'Job',
  metadata: { name: 'reboots' },
  spec: {
    targets: { where: 'node.tags.role == "h"' },
    groups: [{ name: 'g', maxFailures: '100%', phases: [{ name: 'p', operations }] }],
  },
});

const rowsOf = async (runId: Parameters<OpenFleet['services']['listResults']>[0]) =>
  (await fleet.services.listResults(runId, { limit: 1000 })).items;

/** What an instance has in its folder. */
const onInstance = (instanceId: string, file: string): string => {
  const path = join(fleet.stateDir, 'instances', instanceId, file);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
};

describe('a script that asks for a reboot, on both clouds', () => {
  it('goes on after each reboot until it is done, once on every node, and the next operation follows', async () => {
    fleet = await openFleet(hostsFleet(3, 3));
    const view = await fleet.run(
      jobOf(
        {
          id: 'patch',
          reboot: true,
          run: 'echo "$DROVER_REBOOT_COUNT" >> "$HOME/passes"; echo "pass $DROVER_REBOOT_COUNT"; echo "n=$DROVER_REBOOT_COUNT" >> "$DROVER_OUTPUT"; [ "$DROVER_REBOOT_COUNT" = 2 ] || exit 194',
          outputs: { n: { type: 'int' } },
        },
        { id: 'after', run: 'echo "$N"', env: { N: '${{ outputs.patch.n }}' } },
      ),
    );
    expect(view.status).toBe('succeeded');
    const rows = await rowsOf(view.runId);
    const patched = rows.filter((one) => one.operation === 'patch');
    expect(patched).toHaveLength(6);
    for (const row of patched) {
      expect(row.stdout).toBe('pass 0\npass 1\npass 2\n');
      expect(onInstance(row.nodeId, 'passes')).toBe('0\n1\n2\n');
    }
    expect(new Set(rows.filter((one) => one.operation === 'after').map((one) => one.stdout))).toEqual(new Set(['2\n']));
  }, 120_000);

  it('fails where the operation does not allow it, with a reason that says so, and no node is rebooted', async () => {
    fleet = await openFleet(hostsFleet(1, 1));
    const view = await fleet.run(jobOf({ id: 'a', run: 'echo "$DROVER_BOOT_ID" > "$HOME/boot"; exit 194' }));
    expect(view.status).toBe('failed');
    for (const row of await rowsOf(view.runId)) {
      expect(row).toMatchObject({
        status: 'failed',
        exitCode: 194,
        reason:
          'It exited with code 194, which asks for a reboot, and the operation does not allow it with reboot: true.',
      });
      expect(onInstance(row.nodeId, 'boot')).toBe('\n');
    }
  });

  it('fails when it asks a fourth time', async () => {
    fleet = await openFleet(hostsFleet(2));
    const view = await fleet.run(jobOf({ id: 'a', reboot: true, run: 'echo x; exit 194' }));
    expect(view.status).toBe('failed');
    for (const row of await rowsOf(view.runId))
      expect(row).toMatchObject({
        status: 'failed',
        exitCode: 194,
        stdout: 'x\n'.repeat(4),
        reason: expect.stringMatching(/rebooted 3 times already/),
      });
  }, 120_000);

  it('is running while its node reboots, and can be aborted', async () => {
    const never = (line: string) => line.replace(/role: h}}$/, 'role: h}, behaviour: {rebootSeconds: 600}}');
    let looks = 0;
    const debug: Log['debug'] = (event, { state } = {}) => {
      if (event === 'state.entered' && state === 'Collect Results') looks += 1;
    };
    fleet = await openFleet(hostsFleet(1, 1).split('\n').map(never).join('\n'), undefined, { ...silentLog, debug });
    const { runId } = await fleet.services.submitRun({
      request: { job: jobOf({ id: 'a', reboot: true, run: 'exit 194' }), params: {}, only: {} },
      actor: 'test',
    });
    const journal = join(fleet.stateDir, 'provider/journal.jsonl');
    const asked = () => readFileSync(journal, 'utf8').split('"exitCode":194').length - 1;
    await vi.waitFor(() => expect(asked()).toBe(2), 30_000);
    const looksBefore = looks;
    await vi.waitFor(() => expect(looks).toBeGreaterThan(looksBefore + 2), 30_000);
    const { groups } = await fleet.services.viewRun(runId);
    expect(groups[0]?.phases[0]?.counts).toEqual({ running: 2 });
    await fleet.services.abortRun(runId, {}, 'test');
    expect((await fleet.ended(runId)).status).toBe('aborted');
  }, 120_000);
});
