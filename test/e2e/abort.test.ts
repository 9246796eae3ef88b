import { readdirSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { nodeIdSchema, type RunId } from '#shared/model/ids.ts';
import { withoutReach } from '#shared/plan/targets.ts';
import { hostsFleet, type OpenFleet, openFleet } from '#test/kit/fleet.ts';

let fleet: OpenFleet | undefined;
afterEach(async () => {
  await fleet?.close();
  fleet = undefined;
});

const jobOf = (run: string, more: Readonly<Record<string, unknown>> = {}) => ({
  apiVersion: 'drover/v1',
  kind: 'Job',
  metadata: { name: 'abort' },
  spec: {
    targets: { where: 'node.tags.role == "h"' },
    groups: [{ name: 'g', phases: [{ name: 'p', operations: [{ id: 'a', run, ...more }] }] }],
  },
});

/** Processes of the fleet's instances whose command line is `line`. */
const processesOf = ({ stateDir }: OpenFleet, line: string): readonly number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
        return command === line && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(stateDir);
      } catch {
        return false;
      }
    })
    .map(Number);

const start = async (opened: OpenFleet, job: unknown): Promise<RunId> =>
  (await opened.services.submitRun({ request: { job, params: {}, only: {} }, actor: 'test' })).runId;

/** Waits until the condition holds; answers how many milliseconds that took. */
const within = async (condition: () => boolean, withinMs: number): Promise<number> => {
  const startedMs = performance.now();
  while (!condition()) {
    if (performance.now() - startedMs > withinMs) return Number.POSITIVE_INFINITY;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return performance.now() - startedMs;
};

describe('an abort', () => {
  it('leaves no process of it on any of 100 nodes within 5 seconds, and the run says so', {
    timeout: 120_000,
  }, async () => {
    fleet = await openFleet(hostsFleet(70, 30));
    const opened = fleet;
    const runId = await start(opened, jobOf('echo begun; sleep 600 & sleep 600'));
    const sleepers = () => processesOf(opened, 'sleep 600');
    expect(await within(() => sleepers().length === 200, 60_000)).toBeLessThan(60_000);

    await fleet.services.abortRun(runId, { reason: 'enough' }, 'ann');
    const tookMs = await within(() => sleepers().length === 0, 30_000);
    const view = await fleet.ended(runId);

    expect(tookMs).toBeLessThan(5_000);
    expect(view).toMatchObject({ status: 'aborted', reason: 'Aborted by ann: enough', stops: { confirmed: 100 } });
    expect(view.groups[0]?.phases[0]?.counts).toEqual({ aborted: 100 });
    const { items } = await fleet.services.listResults(runId, { limit: 1000 });
    expect(items.map((one) => [one.status, one.stop, one.stdout])).toEqual(
      Array.from({ length: 100 }, () => ['aborted', 'confirmed', 'begun\n']),
    );
  });

  it('ends scripts that do not listen to TERM, and what left their process group, on both clouds', {
    timeout: 60_000,
  }, async () => {
    fleet = await openFleet(hostsFleet(2, 2));
    const opened = fleet;
    const runId = await start(opened, jobOf("trap '' TERM; setsid sleep 601 & sleep 601"));
    const sleepers = () => processesOf(opened, 'sleep 601');
    expect(await within(() => sleepers().length === 8, 30_000)).toBeLessThan(30_000);

    await fleet.services.abortRun(runId, {}, 'ann');

    expect(await within(() => sleepers().length === 0, 20_000)).toBeLessThan(20_000);
    expect(await fleet.ended(runId)).toMatchObject({ status: 'aborted', stops: { confirmed: 4 } });
  });

  it('finds the fences of two services on one instance, of a user, and of nodes with values of their own', {
    timeout: 60_000,
  }, async () => {
    fleet = await openFleet(hostsFleet(2, 1));
    const opened = fleet;
    const inventory = (await fleet.services.listNodes({ limit: 10, where: 'node.tags.role == "h"' })).items;
    const services = inventory.flatMap((node) =>
      ['x', 'y'].map((name) => ({
        ...node,
        id: nodeIdSchema.parse(`${node.id}:${name}`),
        name: `${node.name}-${name}`,
      })),
    );
    const job = jobOf('sleep 602 & sleep 602', { env: { NODE: '${{ node.name }}' }, runAs: userInfo().username });
    const request = { job, params: {}, only: {}, nodes: services.map(withoutReach) };
    const { runId } = await fleet.services.submitRun({ request, actor: 'test' });
    const sleepers = () => processesOf(opened, 'sleep 602');
    expect(await within(() => sleepers().length === 12, 30_000)).toBeLessThan(30_000);

    await fleet.services.abortRun(runId, {}, 'ann');

    expect(await within(() => sleepers().length === 0, 20_000)).toBeLessThan(20_000);
    expect(await fleet.ended(runId)).toMatchObject({ status: 'aborted', stops: { confirmed: 6 } });
  });
});
