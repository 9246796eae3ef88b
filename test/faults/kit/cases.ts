import type { FaultPlan } from '#local/cloud/fault-plan.ts';
import type { CallSite } from './call-sites.ts';
import { type Fault, type FaultKind, formatFault, parseFault } from './fault.ts';
import { type Decide, oneFault } from './fault-script.ts';
import { oneOf, seededRandom } from './seeded-random.ts';

/** One thing to try: a job, a fault in it, and a seed for all that is left to chance. */
export interface Case {
  readonly job: string;
  readonly fault: Fault;
  readonly seed: number;
}

/** A case as text: `rolling kill-before nextStage a1 g0 #1 > …`; the seed is apart. */
export const formatCase = ({ job, fault }: Case): string => `${job} ${formatFault(fault)}`;

/**
 * Reads what {@link formatCase} wrote.
 * @throws Error when it is no such text
 */
export const parseCase = (text: string, seed: number): Case => {
  const space = text.indexOf(' ');
  return { job: text.slice(0, space), fault: parseFault(text.slice(space + 1)), seed };
};

/** What a person types to try a case again. */
export const replayCommand = (one: Case): string =>
  `npm run faults -- --seed ${one.seed} --replay '${formatCase(one)}'`;

/** What else a seed decides. */
export interface Circumstances {
  readonly weather: FaultPlan;
  readonly downMs: number;
  readonly patience: number;
}

const calm: FaultPlan = {};
/** What was sent just now is not found at first, as on the clouds. */
const forgetful: FaultPlan = { notFoundAtFirst: 1 };
const events: FaultPlan = { events: { lose: 0.3, duplicate: 0.3, delaySeconds: 0.2, reorder: true } };
const busy: FaultPlan = { throttle: 0.1, dropResponse: 0.05 };

/** Most cases have clear weather, so that the fault alone shows. */
const weathers: readonly [FaultPlan, ...FaultPlan[]] = [calm, calm, calm, calm, calm, calm, forgetful, events, busy];

/** What a seed decides beside the fault. */
export const circumstances = (seed: number): Circumstances => {
  const random = seededRandom(seed);
  return {
    weather: oneOf(random, weathers),
    downMs: oneOf(random, [0, 0, 0, 300, 1500]),
    patience: oneOf(random, [0, 1, 3, 10, Number.POSITIVE_INFINITY]),
  };
};

/** Kinds of a storm, which may hit any call. */
const stormKinds: readonly [FaultKind, ...FaultKind[]] = [
  'kill-before',
  'kill-after',
  'kill-after',
  'refuse',
  'lose',
  'again',
];

/** Ports that are no calls of anything outside, or that would hit the same call once more. */
const isStormy = ({ name, origin }: CallSite): boolean =>
  origin !== undefined && /^(?:table|ssm|ecs|blobs|engine)\./.test(name);

/** So many calls pass between two blows of a storm, on average. */
const calmCalls = 40;

/** A storm of so many faults; a seed decides where. */
const storm = (count: number, seed: number): Decide => {
  const random = seededRandom(seed + 1);
  return (call, struckBefore) =>
    struckBefore < count && isStormy(call) && random() < 1 / calmCalls ? oneOf(random, stormKinds) : undefined;
};

/** What the script of a case does. */
export const decisionsOf = ({ fault, seed }: Case): Decide =>
  fault.kind === 'storm' ? storm(Number(fault.site), seed) : oneFault({ kind: fault.kind, site: fault.site });
