/** How many calls of an action a cloud takes. */
export interface RateLimit {
  readonly perSecond: number;
  readonly burst?: number;
  /** Actions that are limited; absent: all. */
  readonly actions?: readonly string[];
}

/** What goes wrong on purpose; every share is between 0 and 1. */
export interface FaultPlan {
  /** Share of the calls that are refused by throttling before they take effect. */
  readonly throttle?: number;
  /** Actions that are throttled; absent: all. */
  readonly throttleActions?: readonly string[];
  /** Refuses calls as clouds do: each action has a bucket of its own, of `burst` calls (default 1), that fills at this rate. */
  readonly rateLimit?: RateLimit;
  /** Share of the calls that take effect and whose connection is then reset. */
  readonly dropResponse?: number;
  /** What happens to events on their way. */
  readonly events?: {
    readonly lose?: number;
    readonly duplicate?: number;
    readonly delaySeconds?: number;
    /** Neighbouring events change places. */
    readonly reorder?: boolean;
  };
  /** The first looks at a fresh invocation find nothing, as on the clouds, which are eventually consistent. */
  readonly notFoundAtFirst?: number;
  /** Time until a command to an instance that does not answer is given up; default 1. */
  readonly undeliverableAfterSeconds?: number;
}

const DEFAULT_UNDELIVERABLE_SECONDS = 1;

/** Decides what goes wrong now. */
export class Faults {
  #plan: FaultPlan;
  readonly #random: () => number;
  readonly #clock: () => number;
  readonly #looks = new Map<string, number>();
  readonly #buckets = new Map<string, { calls: number; atMs: number }>();

  constructor(plan: FaultPlan, random: () => number, clock: () => number) {
    this.#plan = plan;
    this.#random = random;
    this.#clock = clock;
  }

  get plan(): FaultPlan {
    return this.#plan;
  }

  set(plan: FaultPlan): void {
    this.#plan = plan;
    this.#looks.clear();
    this.#buckets.clear();
  }

  chance(share: number | undefined): boolean {
    return share !== undefined && share > 0 && this.#random() < share;
  }

  throttles(action: string): boolean {
    const { throttle, throttleActions } = this.#plan;
    const isChosen = (throttleActions === undefined || throttleActions.includes(action)) && this.chance(throttle);
    return isChosen || this.#isTooMany(action);
  }

  #isTooMany(action: string): boolean {
    const { rateLimit } = this.#plan;
    if (rateLimit === undefined || rateLimit.actions?.includes(action) === false) return false;
    const { perSecond, burst = 1 } = rateLimit;
    const nowMs = this.#clock();
    const before = this.#buckets.get(action) ?? { calls: burst, atMs: nowMs };
    const calls = Math.min(burst, before.calls + ((nowMs - before.atMs) * perSecond) / 1000);
    const isTooMany = calls < 1;
    this.#buckets.set(action, { calls: isTooMany ? calls : calls - 1, atMs: nowMs });
    return isTooMany;
  }

  dropsResponse(): boolean {
    return this.chance(this.#plan.dropResponse);
  }

  get undeliverableAfterSeconds(): number {
    return this.#plan.undeliverableAfterSeconds ?? DEFAULT_UNDELIVERABLE_SECONDS;
  }

  /** Counts a look at an invocation; true while it is too fresh to be found. */
  hides(id: string): boolean {
    const limit = this.#plan.notFoundAtFirst ?? 0;
    if (limit <= 0) return false;
    const looks = (this.#looks.get(id) ?? 0) + 1;
    if (looks <= limit + 1) this.#looks.set(id, looks);
    return looks <= limit;
  }
}
