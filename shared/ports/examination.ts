import type { Check } from '../contract/meta-views.ts';

/** Looks at one thing that Drover stands on. */
export interface Probe {
  /** What is looked at, as the reader knows it: `table`, `ssm eu-west-1`. */
  readonly check: string;
  /** What is missing where it is refused: the right and what it is on, or the command that puts it right. */
  readonly needs: string;
  /** Says how it is. Changes nothing that anybody would notice. What it throws is told as a problem. */
  look(): Promise<Omit<Check, 'check'>>;
}

/** What a deployment can look at of itself. */
export interface Examination {
  /** Empty where another function looks. */
  readonly probes: readonly Probe[];
  /** Resolves after so many milliseconds, or rejects when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
}
