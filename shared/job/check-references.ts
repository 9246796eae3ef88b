import { type AppError, isAppError } from '../errors/app-error.ts';
import { parseCondition } from '../expression/condition.ts';
import { didYouMean } from '../expression/nearest-word.ts';
import type { Reference } from '../expression/references.ts';
import { parseTemplate } from '../expression/template.ts';
import type { Job } from '../model/job.ts';
import type { Finding, Path } from './finding.ts';
import { type OperationSite, operationSites } from './job-outline.ts';
import { whyOutputIsHidden } from './output-visibility.ts';

/** Where an expression stands: what it can see depends on it. */
interface Reader {
  readonly path: Path;
  readonly text: string;
  readonly kind: 'template' | 'condition';
  /** The operation it belongs to; absent outside operations, where there are no outputs. */
  readonly site?: OperationSite;
}

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
    message: `in ${reader.kind === 'template' ? 'this template' : 'this condition'}: ${message}`,
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
  const names = Object.keys(writer.operation.outputs);
  if (names.includes(reference.name)) return undefined;
  return unknown(
    `operation '${writer.operation.id}' has no output`,
    reference.name,
    names,
    `Declare it: outputs: {${reference.name}: {}}.`,
  );
};

const complain = (reference: Reference, reader: Reader, names: JobNames): Complaint | undefined => {
  switch (reference.kind) {
    case 'param':
      return names.params.includes(reference.name)
        ? undefined
        : unknown('there is no param', reference.name, names.params, 'Declare it under spec.params.');
    case 'output':
      return complainOfOutput(reference, reader.site, names);
    case 'whole':
      return reference.root === 'params'
        ? undefined
        : {
            message: 'outputs must be named one by one',
            suggestion: 'Write outputs.<operation id>.<name>; a name cannot come from a value.',
          };
    default:
      return undefined;
  }
};

const referencesOfReader = ({ kind, text }: Reader): readonly Reference[] =>
  kind === 'template' ? parseTemplate(text).references : parseCondition(text).references;

const checkReader = (reader: Reader, names: JobNames): readonly Finding[] => {
  try {
    return referencesOfReader(reader).flatMap((reference) => {
      const complaint = complain(reference, reader, names);
      return complaint === undefined ? [] : [{ path: reader.path, offset: reference.offset, ...complaint }];
    });
  } catch (error) {
    if (isAppError(error, 'expression.')) return findingsOfError(reader, error);
    throw error;
  }
};

const template = (path: Path, text: string, site?: OperationSite): Reader => ({
  path,
  text,
  kind: 'template',
  ...(site === undefined ? {} : { site }),
});

const condition = (path: Path, text: string | undefined, site?: OperationSite): readonly Reader[] =>
  text === undefined ? [] : [{ path, text, kind: 'condition', ...(site === undefined ? {} : { site }) }];

const readersOfOperation = (site: OperationSite): readonly Reader[] => {
  const { operation, path } = site;
  return [
    ...Object.entries(operation.env).map(([name, text]) => template([...path, 'env', name], text, site)),
    ...operation.args.map((text, index) => template([...path, 'args', index], text, site)),
    ...Object.entries(operation.outputs).flatMap(([name, output]) =>
      output.default === undefined ? [] : [template([...path, 'outputs', name, 'default'], output.default, site)],
    ),
    ...condition([...path, 'when'], operation.when, site),
  ];
};

const readersOfTargets = (path: Path, targets: Job['spec']['targets']): readonly Reader[] => [
  ...condition([...path, 'where'], targets?.where),
  ...condition([...path, 'exclude'], targets?.exclude),
];

const readersOfSpec = ({ spec }: Job): readonly Reader[] => [
  ...(spec.concurrency?.key === undefined ? [] : [template(['spec', 'concurrency', 'key'], spec.concurrency.key)]),
  ...Object.entries(spec.env).map(([name, text]) => template(['spec', 'env', name], text)),
  ...readersOfTargets(['spec', 'targets'], spec.targets),
  ...condition(['spec', 'runner', 'where'], spec.runner.where),
  ...spec.groups.flatMap((group, groupIndex) => [
    ...readersOfTargets(['spec', 'groups', groupIndex, 'targets'], group.targets),
    ...group.phases.flatMap((phase, phaseIndex) =>
      condition(['spec', 'groups', groupIndex, 'phases', phaseIndex, 'runner', 'where'], phase.runner?.where),
    ),
  ]),
];

/** Parses every template and condition of a job and checks what each refers to. */
export const checkReferences = (job: Job): readonly Finding[] => {
  const sites = operationSites(job);
  const names = {
    params: Object.keys(job.spec.params),
    operations: new Map(sites.map((site) => [site.operation.id, site])),
  };
  const findings: Finding[] = [];
  for (const reader of [...readersOfSpec(job), ...sites.flatMap(readersOfOperation)]) {
    if (findings.length >= enoughFindings) break;
    for (const finding of checkReader(reader, names)) findings.push(finding);
  }
  return findings;
};
