import type { RunView } from '../contract/run-views.ts';
import { addCounts, type StatusCounts } from '../model/status.ts';

/** How the nodes of a run stand, over all of its phases: a node counts once in each. */
export const runCounts = (view: RunView): StatusCounts =>
  addCounts(view.groups.flatMap((group) => group.phases.map((phase) => phase.counts)));
