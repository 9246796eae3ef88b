import type { Narrowing } from '#shared/contract/requests.ts';
import { parseNodeIds } from './where.ts';

/** Flags that narrow a run to parts of its job. */
export interface NarrowingFlags {
  readonly group?: readonly string[] | undefined;
  readonly phase?: readonly string[] | undefined;
  readonly node?: readonly string[] | undefined;
}

/**
 * What the flags narrow a run to.
 * @throws AppError `usage.invalid` for what cannot be a node id.
 */
export const narrowingOf = ({ group, phase, node }: NarrowingFlags): Narrowing => ({
  ...(group === undefined ? {} : { groups: [...group] }),
  ...(phase === undefined ? {} : { phases: [...phase] }),
  ...(node === undefined ? {} : { nodes: parseNodeIds(node) }),
});
