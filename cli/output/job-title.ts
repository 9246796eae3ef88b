import type { RunSummary } from '#shared/contract/run-views.ts';
import { safeLine } from './safe-text.ts';

/** The job of a run as people read it: `roll-shop`, or of a stored job `roll-shop@3`. */
export const jobTitle = ({ name, revision }: RunSummary['job']): string =>
  `${safeLine(name)}${revision === undefined ? '' : `@${revision}`}`;
