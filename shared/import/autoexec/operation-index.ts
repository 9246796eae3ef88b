import type { OldOperation } from './old-flow.ts';

/** What a reference `${phase.opId.variable}` means. */
export interface FoundOutput {
  readonly operation: OldOperation;
  readonly variable: string;
  /** False when only another phase has an operation of that id. */
  readonly phaseMatches: boolean;
}

/** Finds the operation of a reference. */
export interface OperationIndex {
  /** Undefined for names that do not have three parts, or whose operation does not exist. */
  find(name: string): FoundOutput | undefined;
}

/** True for `phase.opId.variable`; phase and variable end at the first and the last dot, an opId may contain dots. */
export const isOutputReference = (name: string): boolean => name.split('.').length >= 3;

/** Of operations with the same opId the one of the named phase is meant, else the last: it was the last writer. */
export const indexOperations = (operations: readonly OldOperation[]): OperationIndex => {
  const byId = new Map(operations.map((operation) => [operation.opId, operation]));
  const byPhaseAndId = new Map(operations.map((operation) => [`${operation.phaseName}.${operation.opId}`, operation]));
  return {
    find: (name) => {
      if (!isOutputReference(name)) return undefined;
      const owner = name.slice(0, name.lastIndexOf('.'));
      const variable = name.slice(owner.length + 1);
      const exact = byPhaseAndId.get(owner);
      if (exact !== undefined) return { operation: exact, variable, phaseMatches: true };
      const other = byId.get(owner.slice(owner.indexOf('.') + 1));
      return other === undefined ? undefined : { operation: other, variable, phaseMatches: false };
    },
  };
};
