import type { Clock } from '#shared/ports/services.ts';

/** What is made once and for how long it is good. */
export interface KeptOptions<T> {
  readonly make: () => Promise<T>;
  readonly forMs: number;
  readonly clock: Clock;
}

/** Hands out what was made until it is too old. What failed is not kept: the next caller tries again. */
export const keptFor = <T>({ make, forMs, clock }: KeptOptions<T>): (() => Promise<T>) => {
  let kept: { readonly value: Promise<T>; readonly untilMs: number } | undefined;
  return () => {
    if (kept !== undefined && clock.now() < kept.untilMs) return kept.value;
    const making = { value: make(), untilMs: clock.now() + forMs };
    kept = making;
    making.value.catch(() => {
      if (kept === making) kept = undefined;
    });
    return making.value;
  };
};
