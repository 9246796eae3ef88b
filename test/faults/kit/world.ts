import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FaultPlan } from '#local/cloud/fault-plan.ts';
import { type FleetCloud, startFleetCloud } from '#local/cloud/fleet-cloud.ts';
import { faultFleet } from './nodes.ts';
import { seededRandom } from './seeded-random.ts';

/** Clouds with their instances, which go on whatever happens to Drover. One run at a time uses it. */
export interface World {
  readonly provider: FleetCloud;
  /** What goes wrong in the clouds from now on, at a chance that the seed decides. */
  setWeather(faults: FaultPlan, seed: number): void;
  /** Who hears the clouds' events from now on; nobody when absent. */
  listen(sink: ((event: unknown) => void) | undefined): void;
  close(): Promise<void>;
}

/** Opens clouds in a folder of their own. */
export const openWorld = async (): Promise<World> => {
  const dir = await mkdtemp(join(tmpdir(), 'drover-world-'));
  let random = seededRandom(0);
  let sink: ((event: unknown) => void) | undefined;
  const provider = await startFleetCloud({
    fleet: faultFleet,
    dir,
    onEvent: (event) => sink?.(event),
    random: () => random(),
    spawnersCount: 1,
  });
  return {
    provider,
    setWeather: (faults, seed) => {
      random = seededRandom(seed);
      provider.setFaults(faults);
    },
    listen: (next) => {
      sink = next;
    },
    close: async () => {
      await provider.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
};
