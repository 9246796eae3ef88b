import { AppError } from '#shared/errors/app-error.ts';
import { type NodeId, nodeIdSchema } from '#shared/model/ids.ts';
import type { Targets } from '#shared/model/job.ts';
import { parseKeyValues } from './key-values.ts';

/** A text as a CEL literal. */
const literal = (text: string): string => JSON.stringify(text);

const hasTag = ([name, value]: readonly [string, string]): string =>
  `(${literal(name)} in node.tags && node.tags[${literal(name)}] == ${literal(value)})`;

/** The CEL condition for nodes that have all of these tags. */
export const tagsCondition = (tags: Readonly<Record<string, string>>): string =>
  Object.entries(tags).map(hasTag).join(' && ');

/**
 * Node ids from flags; each flag may hold a comma list.
 * @throws AppError `usage.invalid`
 */
export const parseNodeIds = (texts: readonly string[]): NodeId[] =>
  texts
    .flatMap((text) => text.split(','))
    .map((text) => {
      const id = nodeIdSchema.safeParse(text);
      if (!id.success) throw new AppError('usage.invalid', `--node '${text}' ${id.error.issues[0]?.message}`);
      return id.data;
    });

/** Flags that say which nodes. */
export interface TargetFlags {
  readonly where?: string | undefined;
  readonly node?: readonly string[] | undefined;
  readonly tag?: readonly string[] | undefined;
  /** Name of a target set. */
  readonly set?: string | undefined;
}

/**
 * The targets that the flags name: nodes of the set for which the condition holds and that have all of the tags, or nodes by id; undefined
 * without flags.
 * @throws AppError `usage.invalid` when ids and conditions are mixed.
 */
export const targetsOfFlags = ({ where, node, tag, set }: TargetFlags): Targets | undefined => {
  const conditions = [
    ...(where === undefined ? [] : [`(${where})`]),
    ...(tag === undefined ? [] : [tagsCondition(parseKeyValues(tag, '--tag'))]),
  ];
  if (node !== undefined && (conditions.length > 0 || set !== undefined))
    throw new AppError('usage.invalid', '--node cannot be combined with --where, --tag and --set');
  if (node !== undefined) return { nodes: parseNodeIds(node) };
  if (conditions.length === 0) return set === undefined ? undefined : { set };
  return {
    where: where !== undefined && tag === undefined ? where : conditions.join(' && '),
    ...(set === undefined ? {} : { set }),
  };
};
