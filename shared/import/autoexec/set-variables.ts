import type { OldOperation } from './old-flow.ts';

/** A variable that a setenv operation before sets. */
export interface SetVariable {
  /** True when one surely runs: it is not inside a block. */
  readonly certain: boolean;
}

/** Variables that setenv operations set. */
export interface SetVariables {
  /** Undefined when no operation before the given one sets it. */
  find(name: string, before: OldOperation): SetVariable | undefined;
}

/** Collects what setenv operations set, by their order in the job. */
export const indexSetVariables = (operations: readonly OldOperation[]): SetVariables => {
  const setters = operations
    .filter(({ native }) => native === 'setenv')
    .map((operation) => ({ operation, name: operation.fields.option('name') }));
  return {
    find: (name, before) => {
      const found = setters.filter((one) => one.name === name && one.operation.number < before.number);
      return found.length === 0 ? undefined : { certain: found.some(({ operation }) => !operation.inBlock) };
    },
  };
};

/** The variable in an expression; `otherwise` is an expression for where no operation set it. */
export const setVariableCel = (name: string, { certain }: SetVariable, otherwise: string): string =>
  certain ? `env.${name}` : `("${name}" in env ? env.${name} : ${otherwise})`;
