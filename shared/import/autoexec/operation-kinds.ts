import type { Fields } from './fields.ts';
import type { Findings } from './findings.ts';
import type { OperationKind } from './old-flow.ts';

const kinds: ReadonlyMap<string, OperationKind> = new Map([
  ['runner', 'runner'],
  ['local', 'runner'],
  ['target', 'target'],
  ['remote', 'target'],
  ['runner_target', 'runnerPerTarget'],
  ['localremote', 'runnerPerTarget'],
]);

const viaScript = 'do it in the script of the operation';

/** What to do instead of the engine's built-in operations. */
const nativeReplacements: ReadonlyMap<string, string> = new Map([
  ['if-block', 'give each operation of the block a `when:` condition'],
  ['loop-block', 'loop inside one script'],
  ['echo', 'use a script operation that runs echo'],
  ['setenv', 'declare an output, write it to $DROVER_OUTPUT, and refer to it as ${{ outputs.<operation>.<name> }}'],
  ['export', 'declare an output and read it from the run'],
  ['updategparam', 'declare an output and read it from the run'],
  ['failkeys', 'search the output in the script itself and exit with a code other than 0'],
  ['failjob', 'use a script operation that prints the message and exits with 1'],
  ['extractprestepstatus', 'check the exit code in the script, or write it to an output'],
  ['extractoutval', viaScript],
  ['getvalfromjson', viaScript],
  ['getvalfromtxt', viaScript],
  ['maintainwindow', 'run the job by a schedule inside the window, or check the time in a first operation'],
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

/** Where an operation runs, from its `opType`; undefined, and reported, when it cannot be carried over. */
export const readOperationKind = (fields: Fields, findings: Findings): OperationKind | undefined => {
  const opType = fields.text('opType');
  const kind = opType === undefined ? undefined : kinds.get(opType);
  if (kind !== undefined) return kind;
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
