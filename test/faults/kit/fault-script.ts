import type { CallSite } from './call-sites.ts';
import type { FaultKind } from './fault.ts';

/** A call that was made, as a place where faults can be put. */
export interface SeenCall {
  readonly site: string;
  readonly name: string;
  readonly origin: CallSite['origin'];
  /** True for what begins a chain: a task, a request, an event. */
  readonly isRoot: boolean;
  /** True when calls were made inside of it: then they are the places. */
  readonly isOuter: boolean;
}

/** What goes wrong in one run of a job, over all incarnations of the process. */
export interface FaultScript {
  /** What goes wrong with a call that is about to be made. */
  take(call: CallSite): FaultKind | undefined;
  /** Hears of every call that was made. */
  seen(call: CallSite): void;
  /** Waits for some other tasks to end, or for the end of the run: when what hangs goes on. */
  later(): Promise<void>;
  /** The run is over: what hangs goes on, and nothing goes wrong any more. */
  finish(): void;
  /** Calls that were made so far, in order. */
  readonly calls: readonly SeenCall[];
  /** Milliseconds since the last call was made. */
  readonly quietMs: () => number;
  /** How many faults struck. */
  readonly struck: () => number;
}

/** Decides on a call whether something goes wrong. */
export type Decide = (call: CallSite, struckBefore: number) => FaultKind | undefined;

/** One fault, the first time that its place is reached. */
export const oneFault =
  (fault: { readonly kind: FaultKind; readonly site: string }): Decide =>
  (call, struckBefore) =>
    struckBefore === 0 && call.site === fault.site ? fault.kind : undefined;

/** A script. `patience`: so many tasks end before what hangs goes on; infinity waits for the end of the run. */
export const createFaultScript = (decide: Decide, patience: number): FaultScript => {
  const calls: SeenCall[] = [];
  const waiting = new Set<{ left: number; readonly go: () => void }>();
  let struck = 0;
  let lastMs = performance.now();
  let over = false;
  const countTask = () => {
    for (const one of waiting) {
      one.left -= 1;
      if (one.left <= 0) one.go();
    }
  };
  return {
    calls,
    struck: () => struck,
    quietMs: () => performance.now() - lastMs,
    take: (call) => {
      const kind = over ? undefined : decide(call, struck);
      if (kind !== undefined) struck += 1;
      return kind;
    },
    seen: (call) => {
      lastMs = performance.now();
      const isRoot = call.site === call.root && call.origin !== undefined;
      calls.push({ site: call.site, name: call.name, origin: call.origin, isRoot, isOuter: call.isOuter() });
      if (isRoot) countTask();
    },
    later: () =>
      over || patience === 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            const one = {
              left: patience,
              go: () => {
                waiting.delete(one);
                resolve();
              },
            };
            waiting.add(one);
          }),
    finish: () => {
      over = true;
      for (const one of waiting) one.go();
    },
  };
};
