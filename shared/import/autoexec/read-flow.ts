import { Fields, type KnownKeys } from './fields.ts';
import type { Findings } from './findings.ts';
import { nativeTool } from './native-tools.ts';
import type { OldGroup, OldOperation, OldOutput, OldPhase, OperationKind } from './old-flow.ts';
import { agreeOnKind, checkPhaseType, kindsIn, readOperationKind } from './operation-kinds.ts';
import { isEmptyValue, valueText } from './source-text.ts';
import type { SourceValue } from './source-value.ts';
import { type NameGiver, operationIdGiver, plainNameGiver } from './valid-names.ts';

const groupKeys: KnownKeys = { read: ['groupNo', 'groupName', 'execStrategy', 'roundCount', 'phases'] };
const phaseKeys: KnownKeys = { read: ['phaseName', 'phaseType', 'roundCount', 'execRound', 'operations'] };
const operationKeys: KnownKeys = {
  read: [
    ...['opId', 'opName', 'opType', 'isScript', 'scriptId', 'scriptContent', 'interpreter', 'failIgnore'],
    ...['opt', 'desc', 'arg', 'output', 'condition', 'if', 'else'],
  ],
  leftOut: { help: 'it was a line of the log only' },
};

/** What is being counted and collected while the flow is read. */
interface Reading {
  readonly findings: Findings;
  readonly operationIds: NameGiver;
  readonly groupNames: NameGiver;
  readonly phaseNames: NameGiver;
  readonly operations: OldOperation[];
  readonly writtenPhaseNames: Set<string>;
}

type OperationHome = Pick<OldOperation, 'phaseName' | 'phaseNumber' | 'groupNo' | 'inOneShotGroup' | 'inBlock'> & {
  readonly phaseKind: OperationKind;
};

const toOutput = (declared: SourceValue, findings: Findings): OldOutput => {
  const fallback = new Fields(declared, findings).get('defaultValue');
  return { defaultText: fallback === undefined || isEmptyValue(fallback) ? undefined : valueText(fallback) };
};

const readOutputs = (fields: Fields, findings: Findings): Map<string, OldOutput> | undefined =>
  fields.get('output') === undefined
    ? undefined
    : new Map([...fields.object('output')].map(([name, declared]) => [name, toOutput(declared, findings)]));

/** Reads an operation, and those inside an IF-Block. */
const readOperation = (value: SourceValue, home: OperationHome, reading: Reading): OldOperation => {
  const { findings } = reading;
  const fields = new Fields(value, findings);
  fields.reportUnread(operationKeys);
  const opId = fields.text('opId');
  if (opId === undefined) findings.invalid(fields.place, 'opId is missing');
  const written = opId ?? 'operation';
  const id = reading.operationIds.take(written);
  if (id !== written) {
    findings.countedNotice(
      fields.at('opId').path,
      'operation ids are letters, digits and _ and unique: this one was changed',
    );
  }
  const { phaseKind, ...place } = home;
  const steps: OldOperation[] = [];
  const otherSteps: OldOperation[] = [];
  const opName = fields.text('opName');
  const isScript = fields.get('scriptContent') !== undefined;
  const operation: OldOperation = {
    ...place,
    fields,
    opId: written,
    id,
    opName,
    kind: readOperationKind(fields, phaseKind, findings),
    native: isScript ? undefined : nativeTool(opName, fields.text('opType')),
    steps,
    otherSteps,
    usedOutputs: new Set(),
    outputs: readOutputs(fields, findings),
    number: reading.operations.length,
  };
  reading.operations.push(operation);
  const inside = { ...home, inBlock: true };
  steps.push(...fields.list('if').map((inner) => readOperation(inner, inside, reading)));
  otherSteps.push(...fields.list('else').map((inner) => readOperation(inner, inside, reading)));
  return operation;
};

const takePhaseName = (fields: Fields, reading: Reading): { readonly written: string; readonly name: string } => {
  const { findings, writtenPhaseNames } = reading;
  const written = fields.text('phaseName');
  if (written === undefined) findings.invalid(fields.place, 'phaseName is missing');
  else if (writtenPhaseNames.has(written))
    findings.invalid(fields.at('phaseName'), `a phase is already named ${written}`);
  writtenPhaseNames.add(written ?? '');
  const name = reading.phaseNames.take(written ?? 'phase');
  if (written !== undefined && name !== written) {
    findings.notice(fields.at('phaseName').path, `the phase ${JSON.stringify(written)} is named ${name} now`);
  }
  return { written: written ?? 'phase', name };
};

const readPhase = (
  value: SourceValue,
  group: Pick<OperationHome, 'groupNo' | 'inOneShotGroup'>,
  reading: Reading,
): readonly OldPhase[] => {
  const fields = new Fields(value, reading.findings);
  fields.reportUnread(phaseKeys);
  const { written, name } = takePhaseName(fields, reading);
  const phaseKind = agreeOnKind(kindsIn(fields.list('operations')), fields, reading.findings);
  const phaseNumber = reading.writtenPhaseNames.size;
  const home = { ...group, phaseName: written, phaseNumber, phaseKind, inBlock: false };
  const operations = fields.list('operations').map((operation) => readOperation(operation, home, reading));
  if (operations.length === 0) {
    reading.findings.notice(fields.place.path, `the phase ${written} has no operations and is left out`);
    return [];
  }
  const kinds = operations.map((operation) => operation.kind);
  if (!kinds.includes(undefined)) checkPhaseType(fields, phaseKind, reading.findings);
  return [{ fields, name, kind: phaseKind, operations }];
};

const isGrayScale = (fields: Fields, findings: Findings): boolean => {
  const strategy = fields.text('execStrategy');
  if (strategy !== undefined && !['grayScale', 'oneShot'].includes(strategy)) {
    findings.notice(
      fields.at('execStrategy').path,
      `${strategy} is not a strategy; the group is oneShot, as it was before`,
    );
  }
  return strategy === 'grayScale';
};

const readGroup = (value: SourceValue, index: number, reading: Reading): readonly OldGroup[] => {
  const fields = new Fields(value, reading.findings);
  fields.reportUnread(groupKeys);
  const groupNo = fields.text('groupNo') ?? String(index);
  const name = reading.groupNames.take(fields.text('groupName') ?? `group-${groupNo}`);
  const grayScale = isGrayScale(fields, reading.findings);
  const home = { groupNo, inOneShotGroup: !grayScale };
  const phases = fields.list('phases').flatMap((phase) => readPhase(phase, home, reading));
  if (phases.length > 0) return [{ fields, name, grayScale, phases }];
  reading.findings.notice(fields.place.path, `the group ${name} has no phases and is left out`);
  return [];
};

/** Reads `runFlow`: groups, phases and operations, in order, and all operations in one list. */
export const readFlow = (
  job: Fields,
  findings: Findings,
): { readonly groups: readonly OldGroup[]; readonly operations: readonly OldOperation[] } => {
  const reading: Reading = {
    findings,
    operationIds: operationIdGiver(),
    groupNames: plainNameGiver('group'),
    phaseNames: plainNameGiver('phase'),
    operations: [],
    writtenPhaseNames: new Set(),
  };
  const groups = job.list('runFlow').flatMap((group, index) => readGroup(group, index, reading));
  if (groups.length === 0) findings.invalid(job.at('runFlow'), 'the job has no operations to run (runFlow is empty)');
  return { groups, operations: reading.operations };
};
