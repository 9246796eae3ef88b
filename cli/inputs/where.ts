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
}

/**
 * The targets that the flags name: nodes for which the condition holds and that have all of the tags, or nodes by id; undefined without flags.
 * @throws AppError `usage.invalid` when ids and conditions are mixed.
 */
export const targetsOfFlags = ({ where, node, tag }: TargetFlags): Targets | undefined => {
  const conditions = [
    ...(where === undefined ? [] : [`(${where})`]),
    ...(tag === undefined ? [] : [tagsCondition(parseKeyValues(tag, '--tag'))]),
  ];
  if (node !== undefined && conditions.length > 0)
    throw new AppError('usage.invalid', '--node cannot be combined with --where and --tag');
  if (node !== undefined) return { nodes: parseNodeIds(node) };
  return conditions.length === 0
    ? undefined
    : { where: where !== undefined && tag === undefined ? where : conditions.join(' && ') };
};
