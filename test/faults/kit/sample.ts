import type { Case } from './cases.ts';
import { faultPlaces } from './fault-places.ts';
import type { Clean } from './prove.ts';
import { seededRandom, shuffled } from './seeded-random.ts';

/** A case that can be tried, with the kind of place that it is. */
export interface Candidate {
  readonly case: Case;
  readonly stratum: string;
}

/** Every fault of every job; each gets a seed of its own. */
export const allCandidates = (cleans: readonly Clean[], seed: number): readonly Candidate[] => {
  const random = seededRandom(seed);
  const nextSeed = () => Math.floor(random() * 1_000_000_000);
  return cleans.flatMap(({ job, calls }) =>
    faultPlaces(calls).map(({ fault, stratum }) => ({ case: { job: job.name, fault, seed: nextSeed() }, stratum })),
  );
};

/** One storm in so many cases. */
const stormEvery = 20;

/**
 * `count` cases: one of each kind of place, then a second one of each, and so on, in an order that the seed decides; every twentieth is a
 * storm.
 */
export const sampleOf = (
  cleans: readonly Clean[],
  candidates: readonly Candidate[],
  count: number,
  seed: number,
): readonly Case[] => {
  const random = seededRandom(seed + 1);
  const strata = [...Map.groupBy(shuffled(random, candidates), (one) => one.stratum).values()];
  const deepest = Math.max(0, ...strata.map((all) => all.length));
  const ordered = Array.from({ length: deepest }, (_, depth) =>
    shuffled(
      random,
      strata.flatMap((all) => all[depth] ?? []),
    ),
  ).flat();
  const storms = Math.floor(count / stormEvery);
  const singles = ordered.slice(0, count - storms).map((one) => one.case);
  const wild = Array.from(
    { length: storms },
    (_, index): Case => ({
      job: cleans[index % cleans.length]?.job.name ?? '',
      fault: { kind: 'storm', site: String(5 + Math.floor(random() * 20)) },
      seed: Math.floor(random() * 1_000_000_000),
    }),
  );
  return shuffled(random, [...singles, ...wild]);
};
