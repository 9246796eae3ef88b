import { type AppError, isAppError } from '../errors/app-error.ts';
import { parseCondition } from '../expression/condition.ts';
import { parseExpression, problemWithTextOutputs } from '../expression/expression.ts';
import { didYouMean } from '../expression/nearest-word.ts';
import type { Reference } from '../expression/references.ts';
import { parseTemplate } from '../expression/template.ts';
import type { Job } from '../model/job.ts';
import { type Reader, readersOfJob } from './expression-readers.ts';
import type { Finding } from './finding.ts';
import { isTurn, type OperationSite, operationSites } from './job-outline.ts';
import { outputNamesOf } from './output-names.ts';
import { whyNotBefore, whyOutputIsHidden } from './output-visibility.ts';

interface JobNames {
  readonly params: readonly string[];
  readonly operations: ReadonlyMap<string, OperationSite>;
}

/** When so much is wrong, the rest is not looked at: far more than is ever told. */
const enoughFindings = 500;

interface Complaint {
  readonly message: string;
  readonly suggestion?: string;
}

const offsetOf = (text: string, line = 1, column = 1): number =>
  text
    .split('\n')
    .slice(0, line - 1)
    .reduce((sum, one) => sum + one.length + 1, 0) +
  column -
  1;

const findingsOfError = (reader: Reader, error: AppError): readonly Finding[] =>
  error.places.map(({ message, suggestion, line, column }) => ({
    path: reader.path,
    message: `in this ${reader.kind}: ${message}`,
    offset: offsetOf(reader.text, line, column),
    ...(suggestion === undefined ? {} : { suggestion }),
  }));

const unknown = (message: string, name: string, known: readonly string[], none: string): Complaint => ({
  message: `${message} '${name}'`,
  suggestion: didYouMean(name, known) ?? (known.length === 0 ? none : `There are ${known.slice(0, 20).join(', ')}.`),
});

const complainOfOutput = (
  reference: Extract<Reference, { kind: 'output' }>,
  site: OperationSite | undefined,
  { operations }: JobNames,
): Complaint | undefined => {
  if (site === undefined)
    return { message: 'outputs cannot be used here: no operation ran before', suggestion: 'Use node, params and run.' };
  const writer = operations.get(reference.operationId);
  if (writer === undefined)
    return unknown(
      'there is no operation',
      reference.operationId,
      [...operations.keys()],
      'This job has no operation.',
    );
  const hidden = whyOutputIsHidden(writer, site);
  if (hidden !== undefined)
    return { message: `outputs.${reference.operationId}.${reference.name} has no value here: ${hidden}` };
  const names = outputNamesOf(writer.operation);
  if (names === undefined || names.includes(reference.name)) return undefined;
  return unknown(
    `operation '${writer.operation.id}' has no output`,
    reference.name,
    names,
    `Declare it: outputs: {${reference.name}: {}}.`,
  );
};

/** Names of environment variables that an expression sees. */
const envNamesAt = ({ env, site }: Reader, { operations }: JobNames): readonly string[] => [
  ...env,
  ...[...operations.values()].flatMap((writer) =>
    site === undefined || whyNotBefore(writer, site) !== undefined ? [] : Object.keys(writer.operation.setEnv ?? {}),
  ),
];

const complainOfEnv = (name: string, reader: Reader, names: JobNames): Complaint | undefined => {
  const known = envNamesAt(reader, names);
  if (known.includes(name)) return undefined;
  const writer = [...names.operations.values()].find(({ operation }) => Object.hasOwn(operation.setEnv ?? {}, name));
  const hidden = writer && reader.site ? whyNotBefore(writer, reader.site) : undefined;
  if (hidden !== undefined) return { message: `env.${name} has no value here: ${hidden}` };
  return unknown(
    'there is no environment variable',
    name,
    known,
    'Declare it under env, or set it with setEnv before.',
  );
};

const complainOfEach = (name: string, { site }: Reader): Complaint | undefined => {
  const loops = (site?.blocks ?? []).filter(isTurn);
  const known = loops.length === 0 ? [] : ['index', ...loops.map(({ block }) => block.as ?? 'item')];
  if (known.includes(name)) return undefined;
  return unknown('there is no', `each.${name}`, known, 'It has a value only inside the operations of a forEach.');
};

const complain = (reference: Reference, reader: Reader, names: JobNames): Complaint | undefined => {
  switch (reference.kind) {
    case 'param':
      return names.params.includes(reference.name)
        ? undefined
        : unknown('there is no param', reference.name, names.params, 'Declare it under spec.params.');
    case 'output':
      return complainOfOutput(reference, reader.site, names);
    case 'env':
      return complainOfEnv(reference.name, reader, names);
    case 'each':
      return complainOfEach(reference.name, reader);
    case 'whole':
      return reference.root !== 'outputs'
        ? undefined
        : {
            message: 'outputs must be named one by one',
            suggestion: 'Write outputs.<operation id>.<name>; a name cannot come from a value.',
          };
    default:
      return undefined;
  }
};

const referencesOfReader = ({ kind, text }: Reader): readonly Reference[] => {
  if (kind === 'template') return parseTemplate(text).references;
  return (kind === 'condition' ? parseCondition(text) : parseExpression(text)).references;
};

const isTextOutput = (reference: Reference, { operations }: JobNames): boolean => {
  if (reference.kind !== 'output') return true;
  const writer = operations.get(reference.operationId)?.operation;
  return writer?.use === undefined && (writer?.outputs[reference.name]?.type ?? 'string') === 'string';
};

/** Outputs are texts unless they say otherwise: a text that is compared with a number is told here, not on the first node. */
const checkTextOutputs = (reader: Reader, references: readonly Reference[], names: JobNames): readonly Finding[] => {
  if (reader.kind !== 'condition' || !references.every((reference) => isTextOutput(reference, names))) return [];
  const problem = problemWithTextOutputs(reader.text);
  if (problem === undefined) return [];
  return [
    {
      path: reader.path,
      offset: problem.offset,
      message: `in this condition: ${problem.message}`,
      suggestion: problem.suggestion ?? 'An output is a text: convert it with int() or double(), or declare its type.',
    },
  ];
};

const checkReader = (reader: Reader, names: JobNames): readonly Finding[] => {
  try {
    const references = referencesOfReader(reader);
    const findings = references.flatMap((reference) => {
      const complaint = complain(reference, reader, names);
      return complaint === undefined ? [] : [{ path: reader.path, offset: reference.offset, ...complaint }];
    });
    return findings.length > 0 ? findings : checkTextOutputs(reader, references, names);
  } catch (error) {
    if (isAppError(error, 'expression.')) return findingsOfError(reader, error);
    throw error;
  }
};

/** Parses every template and condition of a job and checks what each refers to. */
export const checkReferences = (job: Job): readonly Finding[] => {
  const sites = operationSites(job);
  const names = {
    params: Object.keys(job.spec.params),
    operations: new Map(sites.map((site) => [site.operation.id, site])),
  };
  const findings: Finding[] = [...sites.flatMap((site) => checkAggregate(site, names))];
  for (const reader of readersOfJob(job, sites)) {
    if (findings.length >= enoughFindings) break;
    for (const finding of checkReader(reader, names)) findings.push(finding);
  }
  return findings;
};

/** What an aggregate gathers must be written before it, once for each node. */
const checkAggregate = (site: OperationSite, { operations }: JobNames): readonly Finding[] => {
  const { aggregate } = site.operation;
  if (aggregate === undefined) return [];
  const finding = (complaint: Complaint): readonly Finding[] => [
    { path: [...site.path, 'aggregate', 'from'], ...complaint },
  ];
  const [operationId = '', name = ''] = aggregate.from.split('.');
  const writer = operations.get(operationId);
  if (writer === undefined)
    return finding(unknown('there is no operation', operationId, [...operations.keys()], 'This job has no operation.'));
  const hidden = whyNotBefore(writer, site);
  if (hidden !== undefined) return finding({ message: `${aggregate.from} cannot be gathered here: ${hidden}` });
  if (writer.phase.on === 'runner')
    return finding({
      message: `phase '${writer.phase.name}' runs once, so there is nothing to gather`,
      suggestion: `Use \${{ outputs.${aggregate.from} }} itself.`,
    });
  const names = outputNamesOf(writer.operation);
  return names === undefined || names.includes(name)
    ? []
    : finding(unknown(`operation '${operationId}' has no output`, name, names, `Declare it: outputs: {${name}: {}}.`));
};
