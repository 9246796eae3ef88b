import { AppError } from '../errors/app-error.ts';
import type { Group, Job, ParamValues, Phase } from '../model/job.ts';
import type { Node } from '../model/node.ts';
import { isScript, type Operation } from '../model/operation.ts';
import type { FrozenTargets } from '../model/run.ts';
import { secretsOfOperation } from '../secrets/operation-secrets.ts';
import { formatReference, type SecretReference } from '../secrets/reference.ts';
import { needsRunner } from './runners.ts';
import { type Narrowed, selectsGroup, selectsPhase } from './selection.ts';
import { frozenRunner } from './slice-nodes.ts';

/** A secret that a run would fetch. */
export interface NeededSecret {
  readonly param: string;
  readonly reference: SecretReference;
  /** Ids of the operations whose environment holds it. */
  readonly operations: readonly string[];
}

/** What `neededSecrets` asks of. */
export interface SecretsQuestion {
  readonly job: Job;
  readonly params: ParamValues;
  /** One entry per group of the job, in its order. */
  readonly targets: readonly FrozenTargets[];
  readonly selection?: Narrowed;
}

interface Placed {
  readonly group: Group;
  readonly phase: Phase;
  readonly phaseIndex: number;
  readonly targets: FrozenTargets;
}

const phasesOf = ({ job, targets, selection = {} }: SecretsQuestion): readonly Placed[] =>
  job.spec.groups.flatMap((group, index) =>
    selectsGroup(selection, group)
      ? group.phases.flatMap((phase, phaseIndex) =>
          selectsPhase(selection, phase)
            ? [{ group, phase, phaseIndex, targets: targets[index] ?? { nodes: [], runners: {} } }]
            : [],
        )
      : [],
  );

/** The nodes on which the scripts of a phase run. */
const placesOf = ({ phase, phaseIndex, targets }: Placed): readonly Node[] =>
  needsRunner(phase) ? [frozenRunner(targets, phaseIndex).node] : targets.nodes.map(({ node }) => node);

/** An operation that has to pass a condition first may pass nodes by that could not get its secrets. */
const isConditional = ({ when, guards = [] }: Operation): boolean => when !== undefined || guards.length > 0;

const requirePlace = (placed: Placed, operation: Operation, reference: SecretReference): void => {
  if (reference.kind !== 'oos-secret' || isConditional(operation)) return;
  const strangers = placesOf(placed).filter(({ agent }) => agent !== 'aliyun');
  if (strangers.length === 0) return;
  throw new AppError(
    'secret.unsupported',
    `Operation '${operation.id}' uses ${formatReference(reference)} on ${strangers[0]?.name}${strangers.length > 1 ? ` and ${strangers.length - 1} more nodes` : ''}, which Alibaba Cloud's agent does not run on`,
    {
      hint: 'Give the param another reference, narrow the targets, or give the operation a condition: when: node.agent == "aliyun".',
    },
  );
};

/**
 * The secrets of a run, by param, and the operations that use them.
 * @throws AppError `secret.unsupported` when an operation would certainly be sent to nodes that cannot get its secret; `plan.no-runner`
 */
export const neededSecrets = (question: SecretsQuestion): readonly NeededSecret[] => {
  const found = new Map<string, { readonly reference: SecretReference; readonly operations: string[] }>();
  for (const placed of phasesOf(question))
    for (const operation of placed.phase.operations.filter(isScript))
      for (const { param, reference } of secretsOfOperation(
        { job: question.job, ...placed, operation },
        question.params,
      )) {
        requirePlace(placed, operation, reference);
        const known = found.get(param) ?? { reference, operations: [] };
        known.operations.push(operation.id);
        found.set(param, known);
      }
  return [...found].map(([param, secret]) => ({ param, ...secret }));
};
