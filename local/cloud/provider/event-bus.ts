import type { Faults } from '../fault-plan.ts';

/** How long an event waits for another to change places with. */
const REORDER_MS = 50;

/** Where events go. */
export type EventSink = (event: unknown) => void | Promise<void>;

/** Delivers events as the cloud does: best effort. The fault plan says how bad the best is. */
export class EventBus {
  readonly #sink: EventSink | undefined;
  readonly #faults: Faults;
  readonly #timers = new Set<NodeJS.Timeout>();
  #kept: unknown;

  constructor(sink: EventSink | undefined, faults: Faults) {
    this.#sink = sink;
    this.#faults = faults;
  }

  emit(event: unknown): void {
    if (this.#sink === undefined) return;
    const { lose, duplicate, delaySeconds, reorder } = this.#faults.plan.events ?? {};
    if (this.#faults.chance(lose)) return;
    const delayMs = (delaySeconds ?? 0) * 1_000;
    const copies = this.#faults.chance(duplicate) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      if (reorder === true) this.#reorder(event, delayMs);
      else this.#deliver(event, delayMs);
    }
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #reorder(event: unknown, delayMs: number): void {
    const kept = this.#kept;
    if (kept === undefined) {
      this.#kept = event;
      this.#later(REORDER_MS, () => {
        if (this.#kept !== event) return;
        this.#kept = undefined;
        this.#deliver(event, delayMs);
      });
      return;
    }
    this.#kept = undefined;
    this.#deliver(event, delayMs);
    this.#deliver(kept, delayMs);
  }

  #deliver(event: unknown, delayMs: number): void {
    if (delayMs > 0) this.#later(delayMs, () => this.#hand(event));
    else this.#hand(event);
  }

  #hand(event: unknown): void {
    // A target that fails loses the event, as on the cloud's bus once its retries are used up.
    void (async () => this.#sink?.(event))().catch(() => undefined);
  }

  #later(ms: number, action: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, ms);
    this.#timers.add(timer);
  }
}
