import type { Fields } from './fields.ts';
import type { Findings } from './findings.ts';
import { nativeTool } from './native-tools.ts';
import type { OperationKind } from './old-flow.ts';
import { valueText } from './source-text.ts';
import type { SourceValue } from './source-value.ts';

const kinds: ReadonlyMap<string, OperationKind> = new Map([
  ['runner', 'runner'],
  ['local', 'runner'],
  ['target', 'target'],
  ['remote', 'target'],
  ['runner_target', 'runnerPerTarget'],
  ['localremote', 'runnerPerTarget'],
]);

/** What to do instead of built-in operations that Drover has nothing for. */
const nativeReplacements: ReadonlyMap<string, string> = new Map([
  ['loop-block', 'write a forEach block in the converted job'],
  ['export', 'declare an output and read it from the run'],
  ['updategparam', 'declare an output and read it from the run'],
  ['extractprestepstatus', 'check the exit code in the script, or write it to an output'],
  ['gettime', 'do it in the script of the operation'],
]);

const refuseNative = (fields: Fields, findings: Findings): void => {
  const name = fields.text('opName') ?? fields.text('opId') ?? 'native';
  const tool = (name.split('/').at(-1) ?? name).toLowerCase();
  findings.unsupported(fields.place, {
    what: `the built-in operation ${name}`,
    why: 'it was a part of the old engine, not a script',
    instead: nativeReplacements.get(tool) ?? 'replace it by a script operation',
  });
};

/** Where the operations of a phase run, those inside blocks too, as far as their types say so. */
export const kindsIn = (operations: readonly SourceValue[]): readonly OperationKind[] =>
  operations.flatMap((operation) => {
    if (operation.kind !== 'map') return [];
    const opType = operation.entries.get('opType');
    const kind = opType === undefined ? undefined : kinds.get(valueText(opType));
    const inside = ['if', 'else'].flatMap((key) => {
      const steps = operation.entries.get(key);
      return steps?.kind === 'list' ? kindsIn(steps.items) : [];
    });
    return [...(kind === undefined ? [] : [kind]), ...inside];
  });

/**
 * Where an operation runs, from its `opType`; what Drover does itself runs where its phase does. Undefined, and reported, when it cannot be
 * carried over.
 */
export const readOperationKind = (
  fields: Fields,
  phaseKind: OperationKind,
  findings: Findings,
): OperationKind | undefined => {
  const opType = fields.text('opType');
  const kind = opType === undefined ? undefined : kinds.get(opType);
  if (kind !== undefined) return kind;
  if (opType === 'native' && nativeTool(fields.text('opName'), opType) !== undefined) return phaseKind;
  if (opType === 'native') refuseNative(fields, findings);
  else if (opType === 'sqlfile') {
    findings.unsupported(fields.place, {
      what: 'a sqlfile operation',
      why: "it ran lists of SQL files through the old system's own SQL runner",
      instead: 'run the database client in a script operation',
    });
  } else {
    const known = [...kinds.keys()].join(', ');
    findings.invalid(fields.at('opType'), `opType ${JSON.stringify(opType ?? '')} is unknown; known are ${known}`);
  }
  return undefined;
};

/** The kind of a phase whose operations all have the same; a mix is an error: the old system silently skipped a part of it. */
export const agreeOnKind = (
  kindsOfOperations: readonly (OperationKind | undefined)[],
  phase: Fields,
  findings: Findings,
): OperationKind => {
  const distinct = [...new Set(kindsOfOperations.filter((kind) => kind !== undefined))];
  if (distinct.length > 1) {
    const message = `mixes ${distinct.join(' and ')} operations; give each kind a phase of its own`;
    findings.invalid(phase.place, message);
  }
  return distinct[0] ?? 'target';
};

/** The operations decided where a phase ran; a `phaseType` that says otherwise had no effect. */
export const checkPhaseType = (phase: Fields, kind: OperationKind, findings: Findings): void => {
  const phaseType = phase.text('phaseType');
  if (phaseType === undefined || kinds.get(phaseType) === kind) return;
  const message = `phaseType ${phaseType} had no effect: its operations make it a ${kind} phase`;
  findings.notice(phase.at('phaseType').path, message);
};
