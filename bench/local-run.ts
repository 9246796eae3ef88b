import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseFleet } from '#local/cloud/fleet.ts';
import { quietLog } from '#local/local-app.ts';
import { startLocalCloud } from '#local/local-cloud.ts';

/** What one run of one trivial operation cost. */
export interface RunFigures {
  readonly nodes: number;
  /** From the request to the end of the run. */
  readonly seconds: number;
  readonly status: string;
  /** Calls of the providers, by action. */
  readonly calls: Readonly<Record<string, number>>;
  /** Resident memory of this process at its highest during the run, in MiB. */
  readonly peakMiB: number;
  /** The same before the run. */
  readonly idleMiB: number;
}

const mebibytes = () => Math.round(process.memoryUsage().rss / 1_048_576);

/** Runs `true` once on each of `nodes` instances of a fresh local cloud, everything kept. */
export const runOnLocalCloud = async (nodes: number): Promise<RunFigures> => {
  const stateDir = await mkdtemp(join(tmpdir(), 'drover-bench-'));
  const fleet = parseFleet(`generate: [{count: ${nodes}, name: 'n-{n}', cloud: aws, region: eu-west-1}]`, 'bench');
  const cloud = await startLocalCloud({ stateDir, fleet, log: quietLog((line) => process.stderr.write(line)) });
  const idleMiB = mebibytes();
  let peakMiB = idleMiB;
  const sampler = setInterval(() => {
    peakMiB = Math.max(peakMiB, mebibytes());
  }, 100);
  try {
    await cloud.services.listNodes({ limit: 1 });
    const before = { ...cloud.provider.calls() };
    const startedMs = performance.now();
    const job = {
      apiVersion: 'drover/v1',
      kind: 'Job',
      metadata: { name: 'bench' },
      spec: {
        targets: { where: 'true' },
        groups: [{ name: 'g', phases: [{ name: 'p', operations: [{ id: 'op', run: 'true' }] }] }],
      },
    };
    const { runId } = await cloud.services.submitRun({ request: { job, params: {}, only: {} }, actor: 'bench' });
    await cloud.engine.idle();
    const seconds = (performance.now() - startedMs) / 1000;
    const { status } = await cloud.services.viewRun(runId);
    const calls = Object.fromEntries(
      Object.entries(cloud.provider.calls()).map(([action, n]) => [action, n - (before[action] ?? 0)]),
    );
    return { nodes, seconds, status, calls, peakMiB, idleMiB };
  } finally {
    clearInterval(sampler);
    await cloud.close();
    await rm(stateDir, { recursive: true, force: true });
  }
};
