import type { Findings } from './findings.ts';
import type { OldOperation } from './old-flow.ts';
import type { OperationIndex } from './operation-index.ts';
import { referenceParts } from './reference-parts.ts';
import { valueText } from './source-text.ts';

const valuesOf = ({ fields }: OldOperation): readonly string[] =>
  [...fields.object('opt').values(), ...fields.list('arg')].map(valueText);

/**
 * Adds outputs that are referred to and not declared, to operations that declare some: the old engine kept every key that a tool wrote.
 * Drover checks references before a run starts, so it must know the names.
 */
export const declareReferredOutputs = (
  operations: readonly OldOperation[],
  index: OperationIndex,
  findings: Findings,
): void => {
  const references = operations
    .flatMap(valuesOf)
    .flatMap(referenceParts)
    .filter((part) => part.kind === 'reference');
  for (const { name, written } of references) {
    const found = index.find(name);
    found?.operation.usedOutputs.add(found.variable);
    const outputs = found?.operation.native === undefined ? found?.operation.outputs : undefined;
    if (found === undefined || outputs === undefined || outputs.has(found.variable)) continue;
    outputs.set(found.variable, { defaultText: undefined });
    const { path } = found.operation.fields.place;
    findings.notice(
      path,
      `${written} is used elsewhere and was not declared; the output ${found.variable} is declared now`,
    );
  }
};
