import { type JobInput, variableNameSchema } from '#shared/model/job.ts';
import { blockCondition } from './block-condition.ts';
import { toArgs } from './command-line.ts';
import { failPatterns } from './fail-patterns.ts';
import type { OldGroup, OldOperation, OldPhase } from './old-flow.ts';
import { operationEnv } from './operation-env.ts';
import { escapeTemplate } from './reference-parts.ts';
import { valueText } from './source-text.ts';
import type { SourceValue } from './source-value.ts';
import { toNative } from './to-native.ts';
import { toScript } from './to-script.ts';
import type { ReferenceScope } from './to-template.ts';

type GroupInput = JobInput['spec']['groups'][number];
type PhaseInput = GroupInput['phases'][number];
type OperationInput = PhaseInput['operations'][number];

/** What is needed to carry operations over: lookups, findings, and the scripts by path. */
export interface FlowScope extends Omit<ReferenceScope, 'operation'> {
  readonly scripts: ReadonlyMap<string, string>;
}

/** The old engine ended remote commands after a day (86,400 s), and local ones never. */
const oldTimeout = '24h';

const refuseOutput = (
  operation: OldOperation,
  name: string,
  declared: SourceValue | undefined,
  scope: FlowScope,
): void => {
  const place = operation.fields.at('output');
  if (!variableNameSchema.safeParse(name).success) {
    scope.findings.unsupported(place, {
      what: `the output ${JSON.stringify(name)}`,
      why: 'names of outputs are letters, digits and _',
      instead: 'rename it here, in the script that writes it, and where it is used',
    });
  }
  const type = declared?.kind === 'map' ? declared.entries.get('type') : undefined;
  if (type === undefined || !['file', 'filepath'].includes(valueText(type))) return;
  scope.findings.unsupported(place, {
    what: `the output ${name} of type ${valueText(type)}`,
    why: 'Drover keeps texts, and does not fetch the file that it names',
    instead: 'let the script upload the file, and declare the output as text',
  });
};

const toOutputs = (operation: OldOperation, scope: FlowScope): NonNullable<OperationInput['outputs']> => {
  const declared = operation.fields.object('output');
  const outputs = [...(operation.outputs ?? [])].map(([name, { defaultText }]) => {
    refuseOutput(operation, name, declared.get(name), scope);
    return [name, defaultText === undefined ? {} : { default: escapeTemplate(defaultText) }] as const;
  });
  return Object.fromEntries(outputs);
};

/** False for what leaves no operation behind: failkeys, which become settings of others, and blocks without steps. */
export const isCarried = ({ native, steps, otherSteps }: OldOperation): boolean =>
  native !== 'failkeys' && (native !== 'if-block' || steps.length + otherSteps.length > 0);

/** Operations in their order. What failkeys look for holds for every script after them in the phase. */
const toOperations = (
  operations: readonly OldOperation[],
  scope: FlowScope,
  around: readonly string[] = [],
): OperationInput[] => {
  const patterns = [...around];
  return operations.flatMap((operation) => {
    if (operation.native === 'failkeys') patterns.push(...failPatterns(operation, scope.findings));
    const made = isCarried(operation) ? toOperation(operation, scope, patterns) : undefined;
    if (operation.native === 'if-block' && !isCarried(operation))
      scope.findings.notice(operation.fields.place.path, 'the block has no steps and is left out');
    return made === undefined ? [] : [made];
  });
};

const toBlock = (
  operation: OldOperation,
  scope: FlowScope,
  patterns: readonly string[],
): OperationInput | undefined => {
  const { steps, otherSteps } = operation;
  const condition = blockCondition({ ...scope, operation });
  const inside = toOperations(steps, scope, patterns);
  const others = toOperations(otherSteps, scope, patterns);
  if (condition === undefined) return undefined;
  if (inside.length === 0 && others.length === 0) return undefined;
  const named = { id: operation.id, ...(operation.opName === undefined ? {} : { name: operation.opName }) };
  if (inside.length === 0) return { ...named, if: `!(${condition})`, operations: others };
  return { ...named, if: condition, operations: inside, ...(others.length === 0 ? {} : { else: others }) };
};

const toOperation = (
  operation: OldOperation,
  scope: FlowScope,
  patterns: readonly string[],
): OperationInput | undefined => {
  if (operation.kind === undefined) return undefined;
  const { fields, id, opName, native } = operation;
  if (native === 'if-block') return toBlock(operation, scope, patterns);
  if (native !== undefined && native !== 'failkeys') {
    const action = toNative(native, { ...scope, operation });
    const named = { id, ...(opName === undefined ? {} : { name: opName }) };
    return action && { ...named, failIgnore: fields.flag('failIgnore'), ...action };
  }
  const args = toArgs({ ...scope, operation });
  const outputs = toOutputs(operation, scope);
  const script = toScript(operation, scope.scripts, scope.findings);
  if (script === undefined) return undefined;
  if (operation.kind !== 'target') {
    const message = `operations on a runner had no time limit; they end after ${oldTimeout} now`;
    scope.findings.countedNotice(fields.place.path, message);
  }
  return {
    id,
    ...(opName === undefined ? {} : { name: opName }),
    run: script.run,
    interpreter: script.interpreter,
    args,
    env: operationEnv(operation, script.original, scope.findings),
    timeout: oldTimeout,
    failIgnore: fields.flag('failIgnore'),
    ...(patterns.length === 0 ? {} : { failOn: { patterns: [...patterns] } }),
    outputs,
  };
};

const readRound = ({ fields, kind }: OldPhase, grayScale: boolean, scope: FlowScope): PhaseInput['round'] => {
  const written = fields.text('execRound');
  if (kind !== 'runner' || !grayScale) {
    if (written !== undefined) {
      scope.findings.countedNotice(
        fields.at('execRound').path,
        'execRound had no effect: it is for runner phases of grayScale groups',
      );
    }
    return undefined;
  }
  if (written === undefined || written === 'first') return 'first';
  if (written === 'middle' || written === 'last') return written;
  scope.findings.invalid(fields.at('execRound'), `must be first, middle or last, not ${written}`);
  return undefined;
};

const readPhaseRoundCount = ({ fields, kind }: OldPhase, grayScale: boolean, scope: FlowScope): number | undefined => {
  const roundCount = fields.integer('roundCount');
  if (roundCount === undefined || (!grayScale && kind !== 'runner')) return roundCount;
  const reason = grayScale ? 'phases of a grayScale group go by the rounds of the group' : 'a runner phase runs once';
  scope.findings.countedNotice(fields.at('roundCount').path, `roundCount had no effect here: ${reason}`);
  return undefined;
};

const toPhase = (phase: OldPhase, grayScale: boolean, scope: FlowScope): PhaseInput => {
  const round = readRound(phase, grayScale, scope);
  const roundCount = readPhaseRoundCount(phase, grayScale, scope);
  return {
    name: phase.name,
    on: phase.kind,
    ...(round === undefined ? {} : { round }),
    ...(roundCount === undefined ? {} : { roundCount }),
    operations: toOperations(phase.operations, scope),
  };
};

/** Carries groups, phases and operations over. */
export const toGroups = (groups: readonly OldGroup[], scope: FlowScope): GroupInput[] =>
  groups.map((group) => {
    const roundCount = group.fields.integer('roundCount');
    return {
      name: group.name,
      strategy: group.grayScale ? 'grayScale' : 'oneShot',
      ...(roundCount === undefined ? {} : { roundCount }),
      maxFailures: 0,
      phases: group.phases.map((phase) => toPhase(phase, group.grayScale, scope)),
    };
  });
