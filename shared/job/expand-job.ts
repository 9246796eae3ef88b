import { AppError } from '../errors/app-error.ts';
import type { Job, ParamValues, Phase } from '../model/job.ts';
import type { Guard, Operation, Turn, WrittenOperation } from '../model/operation.ts';

/** Operations of a phase once its blocks are laid out. */
const maxOperations = 400;

/** Turns of a forEach whose list is known only on the node, when it does not say. */
const defaultLimit = 10;

/** What an operation has from the blocks around it. */
interface Surroundings {
  readonly guards: readonly Guard[];
  readonly turns: readonly Turn[];
  readonly aliases: Readonly<Record<string, string>>;
  /** What the turns around it add to ids. */
  readonly suffix: string;
}

const nothing: Surroundings = { guards: [], turns: [], aliases: {}, suffix: '' };

/**
 * A job without blocks of steps: what was inside a block follows it in the list of the phase, with the block's decision as a guard, so that
 * the ledger knows one list of operations per phase, the same in every attempt. Steps of a `forEach` are there once for each turn, with the
 * number of the turn at the end of their ids. How many turns there are is known from the list itself, from a param, or else from `limit`.
 * The same job and params always give the same list.
 * @throws AppError `plan.limit-exceeded` when a phase becomes longer than 400 operations, `params.invalid` when a param to go through is no list
 */
export const expandJob = (job: Job, params: ParamValues): Job => {
  if (!job.spec.groups.some((group) => group.phases.some(hasBlocks))) return job;
  return {
    ...job,
    spec: {
      ...job.spec,
      groups: job.spec.groups.map((group) => ({
        ...group,
        phases: group.phases.map((phase) => (hasBlocks(phase) ? expandPhase(phase, params) : phase)),
      })),
    },
  };
};

const isBlock = (operation: WrittenOperation): boolean => operation.if !== undefined || operation.forEach !== undefined;

const hasBlocks = (phase: Phase): boolean => phase.operations.some(isBlock);

const expandPhase = (phase: Phase, params: ParamValues): Phase => {
  const operations = phase.operations.flatMap((operation) => expand(operation, nothing, params));
  if (operations.length > maxOperations)
    throw new AppError(
      'plan.limit-exceeded',
      `Phase '${phase.name}' has ${operations.length} operations once its blocks are laid out; at most ${maxOperations} can be`,
      { hint: 'Shorten the lists of its forEach blocks, or split the phase.' },
    );
  return { ...phase, operations };
};

const expand = (
  { operations: steps, else: otherSteps, ...written }: WrittenOperation,
  around: Surroundings,
  params: ParamValues,
): readonly Operation[] => {
  const operation = placed(written, around);
  const inside = (list: readonly WrittenOperation[] | undefined, inner: Surroundings) =>
    (list ?? []).flatMap((step) => expand(step, inner, params));
  if (written.if !== undefined)
    return [
      operation,
      ...inside(steps, { ...around, guards: [...around.guards, { block: operation.id, was: true }] }),
      ...inside(otherSteps, { ...around, guards: [...around.guards, { block: operation.id, was: false }] }),
    ];
  if (written.forEach === undefined) return [operation];
  const limit = turnsOf(written, params);
  const turns = Array.from({ length: limit }, (_, turn) => turn);
  return [
    { ...operation, limit },
    ...turns.flatMap((turn) =>
      inside(steps, turnAround(around, { block: operation.id, name: written.as ?? 'item', turn, steps: steps ?? [] })),
    ),
  ];
};

const placed = (operation: WrittenOperation, { guards, turns, aliases, suffix }: Surroundings): Operation => ({
  ...operation,
  id: `${operation.id}${suffix}`,
  ...(guards.length === 0 ? {} : { guards }),
  ...(turns.length === 0 ? {} : { turns, aliases }),
});

const turnAround = (
  around: Surroundings,
  { block, name, turn, steps }: Turn & { readonly steps: readonly WrittenOperation[] },
): Surroundings => {
  const suffix = `${around.suffix}_${turn + 1}`;
  return {
    guards: [...around.guards, { block, turn }],
    turns: [...around.turns, { block, name, turn }],
    aliases: { ...around.aliases, ...Object.fromEntries(idsIn(steps).map((id) => [id, `${id}${suffix}`])) },
    suffix,
  };
};

/** Ids of steps and of what is inside them, as they are written. */
const idsIn = (steps: readonly WrittenOperation[]): readonly string[] =>
  steps.flatMap((step) => [step.id, ...idsIn([...(step.operations ?? []), ...(step.else ?? [])])]);

/** How many turns a forEach has at most. */
const turnsOf = ({ id, forEach, limit }: WrittenOperation, params: ParamValues): number => {
  if (Array.isArray(forEach)) return forEach.length;
  const name = paramOf(forEach ?? '');
  if (name === undefined) return limit ?? defaultLimit;
  const list = params[name] ?? [];
  if (!Array.isArray(list))
    throw new AppError('params.invalid', `forEach '${id}' goes through param '${name}', which is not a list`, {
      hint: 'Give the param the type list.',
    });
  return list.length;
};

/**
 * The param whose value a template is, when it is nothing but that. Read without the parser of expressions, which the functions that only need
 * the list of operations do not carry.
 */
const paramOf = (text: string): string | undefined => /^\s*\$\{\{\s*params\.(\w+)\s*\}\}\s*$/.exec(text)?.[1];
