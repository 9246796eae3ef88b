import { type Action, actionOf, type WrittenOperation } from '../model/operation.ts';

/** Outputs that operations of a kind have without declaring them. */
const implicitOutputs: Readonly<Partial<Record<Action, readonly string[]>>> = {
  aggregate: ['result'],
  extract: ['result'],
  if: ['result'],
  forEach: ['items', 'count'],
  waitInput: ['answer', 'by'],
  approve: ['by'],
  httpCheck: ['status', 'body'],
};

/**
 * Names of the outputs of an operation: those it declares, and those that its kind brings with it. Undefined for the use of a command, which
 * is not known yet.
 */
export const outputNamesOf = (operation: WrittenOperation): readonly string[] | undefined => {
  const action = actionOf(operation);
  if (action === 'use') return undefined;
  return [...new Set([...Object.keys(operation.outputs), ...(implicitOutputs[action] ?? [])])];
};
