import type { Usage } from '../model/usage.ts';

/** Counts what is used. */
export interface Meter {
  /** Adds to what the task at hand has used; nothing outside of one. */
  count(used: Partial<Usage>): void;
}
