import { type Case, circumstances, decisionsOf } from './cases.ts';
import type { FaultJob } from './fault-job.ts';
import { createFaultScript, type SeenCall } from './fault-script.ts';
import { comparable, differences, type Ledger } from './ledger.ts';
import type { Execution } from './node-notes.ts';
import { play } from './scenario.ts';
import type { World } from './world.ts';

/** A run of a job without faults: what all others have to end like. */
export interface Clean {
  readonly job: FaultJob;
  readonly calls: readonly SeenCall[];
  readonly ledger: unknown;
}

/** What came of a case. */
export interface Verdict {
  readonly problems: readonly string[];
  /** Faults that struck; 0 when the place was not reached. */
  readonly struck: number;
  readonly lives: number;
  readonly seconds: number;
}

const asComparable = (job: FaultJob, ledger: Ledger): unknown =>
  comparable(job.loosen?.(ledger) ?? ledger, ledger.view.runId);

const executedCounts = (executions: readonly Execution[]): Readonly<Record<string, number>> =>
  Object.fromEntries(
    [...Map.groupBy(executions, (one) => one.operation)].map(([operation, all]) => [operation, all.length]),
  );

/**
 * Plays a job without faults.
 * @throws Error when that alone goes wrong, or does not do what the job says
 */
export const playClean = async (job: FaultJob, world: World): Promise<Clean> => {
  world.setWeather({}, 0);
  const script = createFaultScript(() => undefined, 0);
  const { ledger, problems, executions } = await play(job, { world, script, downMs: 0 });
  const wrong = [...problems, ...differences(job.executions, executedCounts(executions), 'executions')];
  if (!ledger || wrong.length > 0) throw new Error(`${job.name} without faults: ${wrong.join('; ')}`);
  return { job, calls: script.calls, ledger: asComparable(job, ledger) };
};

/** Plays a job with a fault in it, and holds its end against that of the clean run. */
export const prove = async (clean: Clean, one: Case, world: World): Promise<Verdict> => {
  const startedMs = performance.now();
  const { weather, downMs, patience } = circumstances(one.seed);
  world.setWeather(weather, one.seed);
  const script = createFaultScript(decisionsOf(one), patience);
  const { ledger, problems, lives } = await play(clean.job, { world, script, downMs });
  const changed = ledger && problems.length === 0 ? differences(clean.ledger, asComparable(clean.job, ledger)) : [];
  return {
    problems: [...problems, ...changed.slice(0, 12)],
    struck: script.struck(),
    lives,
    seconds: (performance.now() - startedMs) / 1000,
  };
};
