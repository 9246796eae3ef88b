import { type Case, formatCase } from './cases.ts';
import type { FaultJob } from './fault-job.ts';
import { type Clean, playClean, prove, type Verdict } from './prove.ts';
import { openWorld, type World } from './world.ts';

/** A case and what came of it. */
export interface Tried {
  readonly case: Case;
  readonly verdict: Verdict;
}

/** Runs cases, several at a time, each in clouds of its own. */
export interface Campaign {
  /** Plays each job without faults. */
  clean(jobs: readonly FaultJob[]): Promise<readonly Clean[]>;
  /** Tries cases; what came of each is told at once. */
  tryAll(cases: readonly Case[], tell: (tried: Tried) => void): Promise<void>;
  close(): Promise<void>;
}

/** Does work on things, as many at a time as there are worlds. */
const share = async <T>(
  worlds: readonly World[],
  things: readonly T[],
  work: (world: World, thing: T) => Promise<void>,
) => {
  const left = [...things];
  await Promise.all(
    worlds.map(async (world) => {
      for (let thing = left.shift(); thing !== undefined; thing = left.shift()) await work(world, thing);
    }),
  );
};

/** Opens a campaign on jobs. `atOnce` runs share this process: most of their time they wait. */
export const openCampaign = async (jobs: readonly FaultJob[], atOnce: number): Promise<Campaign> => {
  const worlds = await Promise.all(Array.from({ length: atOnce }, openWorld));
  const cleans = new Map<string, Clean>();
  const clean: Campaign['clean'] = async (wanted) => {
    await share(
      worlds,
      wanted.filter(({ name }) => !cleans.has(name)),
      async (world, job) => {
        cleans.set(job.name, await playClean(job, world));
      },
    );
    return wanted.flatMap(({ name }) => cleans.get(name) ?? []);
  };
  return {
    clean,
    tryAll: async (cases, tell) => {
      const names = new Set(cases.map((one) => one.job));
      await clean(jobs.filter(({ name }) => names.has(name)));
      await share(worlds, cases, async (world, one) => {
        const known = cleans.get(one.job);
        if (!known) throw new Error(`No job of the suite is called ${one.job}: ${formatCase(one)}`);
        tell({ case: one, verdict: await prove(known, one, world) });
      });
    },
    close: async () => {
      await Promise.all(worlds.map((world) => world.close()));
    },
  };
};
