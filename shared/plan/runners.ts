import { AppError } from '../errors/app-error.ts';
import type { Job, Phase, Runner } from '../model/job.ts';
import type { InventoryNode, Node } from '../model/node.ts';
import { byNodeId, type TargetNode, withoutReach } from './targets.ts';

/** True for phases that run on a runner, once or once per target. */
export const needsRunner = (phase: Pick<Phase, 'on'>): boolean => phase.on !== 'target';

/** Where the runner of a phase is to be found: its own rule replaces that of the job. */
export const runnerOf = (job: Job, phase: Phase): Runner => phase.runner ?? job.spec.runner;

/**
 * The runner: the first by id of the online nodes with a POSIX shell for which `matches` holds. `where` is the text of that condition.
 * @throws AppError `plan.no-runner` that says what was looked for, and whether such nodes are only offline.
 */
export const chooseRunner = (
  candidates: readonly InventoryNode[],
  matches: (node: Node) => boolean,
  where: string,
): TargetNode => {
  const found = candidates.filter((node) => node.os !== 'windows' && matches(withoutReach(node))).sort(byNodeId);
  const online = found.find((node) => node.online);
  if (online !== undefined) return { node: withoutReach(online), online: true };
  throw new AppError('plan.no-runner', `No runner is online: looked for a node with a POSIX shell where ${where}`, {
    hint:
      found.length === 0
        ? 'No node fulfils that. Tag one, such as drover=runner, or set runner.where of the job or the phase.'
        : `Start the agent of ${found.map((node) => node.id).join(', ')}, which would do but is offline.`,
  });
};
