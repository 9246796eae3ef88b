import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FaultPlan } from '#local/cloud/fault-plan.ts';
import { parseFleet } from '#local/cloud/fleet.ts';
import { type LocalCloud, startLocalCloud } from '#local/local-cloud.ts';
import type { RunView } from '#shared/contract/run-views.ts';
import type { RunId } from '#shared/model/ids.ts';
import type { ParamValues } from '#shared/model/job.ts';
import type { Log } from '#shared/ports/services.ts';
import { silentLog } from './system.ts';

/** A local cloud with a fleet that a test runs jobs on. */
export interface OpenFleet extends LocalCloud {
  readonly stateDir: string;
  /** The run as it stands when nothing is under way any more. */
  ended(runId: RunId): Promise<RunView>;
  /** Starts a job and waits for its end. */
  run(job: unknown, params?: ParamValues): Promise<RunView>;
}

/** An instance whose id sorts as its number does. */
const instance = (cloud: 'aws' | 'aliyun', name: string, number: number, tags: string): string => {
  const id = cloud === 'aws' ? `i-${String(number).padStart(17, '0')}` : `i-bp${String(number).padStart(18, '0')}`;
  return `  - {id: ${id}, name: ${name}, cloud: ${cloud}, region: ${cloud === 'aws' ? 'eu-west-1' : 'cn-hangzhou'}, tags: {${tags}}}`;
};

/** `h-1`, `h-2` … of AWS with the tag role=h, then `c-1`, `c-2` … of Alibaba Cloud with role=h too, and a runner named `runner`. */
export const hostsFleet = (hosts: number, cnHosts = 0): string =>
  [
    'instances:',
    ...Array.from({ length: hosts }, (_, index) => instance('aws', `h-${index + 1}`, index + 1, 'role: h')),
    ...Array.from({ length: cnHosts }, (_, index) => instance('aliyun', `c-${index + 1}`, index + 1, 'role: h')),
    instance('aws', 'runner', 99_999, 'drover: runner'),
  ].join('\n');

/** Opens a local cloud on a fleet file's text, in a new folder. */
export const openFleet = async (fleetYaml: string, faults?: FaultPlan, log: Log = silentLog): Promise<OpenFleet> => {
  const stateDir = await mkdtemp(join(tmpdir(), 'drover-fleet-'));
  const cloud = await startLocalCloud({
    stateDir,
    fleet: parseFleet(fleetYaml, 'fleet of the test'),
    log,
    ...(faults === undefined ? {} : { faults }),
  });
  const ended = async (runId: RunId) => {
    await cloud.engine.idle();
    return cloud.services.viewRun(runId);
  };
  return {
    ...cloud,
    stateDir,
    ended,
    run: async (job, params = {}) => {
      const { runId } = await cloud.services.submitRun({ request: { job, params, only: {} }, actor: 'test' });
      return ended(runId);
    },
    close: async () => {
      await cloud.close();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
};
