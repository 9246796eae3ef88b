import { AppError } from '#shared/errors/app-error.ts';
import { readJob } from '#shared/job/parse-job.ts';
import type { Job, JobInput, ParamValues } from '#shared/model/job.ts';
import type { InventoryNode, Node } from '#shared/model/node.ts';
import { declareReferredOutputs } from './declare-outputs.ts';
import { Fields, type KnownKeys } from './fields.ts';
import { Findings, type ImportNotice } from './findings.ts';
import { type JobParams, readJobParams } from './job-params.ts';
import { matchNodes } from './match-nodes.ts';
import type { OldGroup } from './old-flow.ts';
import { indexOperations } from './operation-index.ts';
import { type ContextValues, readContext } from './pass-through.ts';
import { readFlow } from './read-flow.ts';
import { readNodes } from './read-nodes.ts';
import { indexSetVariables } from './set-variables.ts';
import { parseSource } from './source-value.ts';
import { isCarried, toGroups } from './to-groups.ts';
import { toValidName } from './valid-names.ts';

/** A file that was read: its text, and the name that errors give for it. */
export interface ImportFile {
  readonly text: string;
  readonly fileName: string;
}

/** What to import. */
export interface AutoexecInput {
  /** The job parameter file (JSON). */
  readonly params: ImportFile;
  /** The nodes file: JSON objects, one a line or in any other layout. */
  readonly nodes?: ImportFile;
  /** Contents of script files by path, relative to their folder. */
  readonly scripts?: ReadonlyMap<string, string>;
  /** Where nodes are looked up; may be empty when there is no nodes file. */
  readonly inventory: readonly InventoryNode[];
}

/** The imported job. */
export interface AutoexecImport {
  readonly job: Job;
  readonly nodes?: readonly Node[];
  /** Values of the params; they are the params' defaults too. */
  readonly params: ParamValues;
  /** `passThroughEnv`: goes into the run's `context`. */
  readonly context?: ContextValues;
  /** What differs from the old system, or was left out, without stopping the import. */
  readonly notices: readonly ImportNotice[];
}

const jobKeys: KnownKeys = {
  read: [...['jobId', 'name', 'jobName', 'opt', 'globalOpt', 'environment', 'passThroughEnv', 'roundCount', 'runFlow']],
  leftOut: {
    tenant: 'an installation of Drover has no tenants',
    execUser: 'a run records who started it',
    preJobId: 'it was never read',
    arg: 'it was never read',
    runNode: 'it never worked; give the nodes in a nodes file',
  },
};

const jobName = (job: Fields, findings: Findings): string => {
  const written = job.text('name') ?? job.text('jobName') ?? job.text('jobId');
  const name = toValidName(written ?? 'imported', 'imported');
  if (written !== undefined && written !== name)
    findings.notice('name', `the job ${JSON.stringify(written)} is named ${name} now`);
  return name;
};

/** What Drover's own checks still refuse (sizes, order of outputs), told at the place in the old file. */
const checkImported = (input: JobInput, groups: readonly OldGroup[], job: Fields, findings: Findings): Job => {
  const read = readJob(input);
  if ('job' in read) return read.job;
  for (const { path, message } of read.findings) {
    const [, , group, , phase, , operation] = path.map(Number);
    const oldGroup = groups[group ?? -1];
    const oldPhase = oldGroup?.phases[phase ?? -1];
    const nearest = oldPhase?.operations.filter(isCarried)[operation ?? -1] ?? oldPhase ?? oldGroup;
    findings.invalid(nearest?.fields.place ?? job.place, `${path.join('.')}: ${message}`);
  }
  findings.raise();
  throw new AppError('internal.bug', 'the checks of a job refuse it without a reason');
};

const tellWhereItRuns = (input: AutoexecInput, groups: readonly OldGroup[], findings: Findings): void => {
  const kinds = new Set(groups.flatMap((group) => group.phases.map((phase) => phase.kind)));
  if (kinds.has('runner') || kinds.has('runnerPerTarget')) {
    findings.notice(
      'spec.runner',
      'runner phases run on the first online node with the tag drover=runner; set spec.runner for another',
    );
  }
  if (input.nodes === undefined) {
    findings.notice(
      'spec.targets',
      'no nodes file was given: write spec.targets, or give the nodes when the job is run',
    );
  }
};

const toJob = (input: AutoexecInput, job: Fields, params: JobParams, findings: Findings): Job => {
  const { groups, operations } = readFlow(job, findings);
  const index = indexOperations(operations);
  declareReferredOutputs(operations, index, findings);
  const scripts = input.scripts ?? new Map<string, string>();
  const scope = { params, operations: index, findings, scripts, variables: indexSetVariables(operations) };
  const jobInput: JobInput = {
    apiVersion: 'drover/v1',
    kind: 'Job',
    metadata: { name: jobName(job, findings) },
    spec: {
      params: params.declared,
      env: params.env,
      roundCount: job.integer('roundCount') ?? 0,
      groups: toGroups(groups, scope),
    },
  };
  tellWhereItRuns(input, groups, findings);
  findings.raise();
  return checkImported(jobInput, groups, job, findings);
};

const toNodes = (file: ImportFile, inventory: readonly InventoryNode[], findings: Findings): readonly Node[] => {
  const old = readNodes(file.text, file.fileName, findings);
  const nodes = matchNodes(old, inventory, findings);
  findings.raise();
  return nodes;
};

/**
 * Imports a job of neatlogic-autoexec: its parameter file, its scripts, and its nodes file. The job does what it did there: `roundCount` stays a
 * divisor (0 or absent means one node at a time), execRound, failIgnore, outputs and references are carried over.
 * Values reach the scripts as data; what a shell expanded in them there stays these characters here.
 *
 * @throws AppError `import.invalid` when a file is malformed or contradicts itself, `import.unsupported` with each thing that cannot be carried
 * over and what to do instead, `import.script-missing`, or `import.node-unmatched` with each node that the inventory does not clearly have.
 * Every one lists all of its places at once.
 */
export const importAutoexec = (input: AutoexecInput): AutoexecImport => {
  const findings = new Findings(input.params.fileName);
  const source = new Fields(parseSource(input.params.text, input.params.fileName), findings);
  source.reportUnread(jobKeys);
  const params = readJobParams(source, findings);
  const context = readContext(source, findings);
  const job = toJob(input, source, params, findings);
  const nodeFindings = new Findings(input.nodes?.fileName ?? '');
  const nodes = input.nodes === undefined ? undefined : toNodes(input.nodes, input.inventory, nodeFindings);
  return {
    job,
    ...(nodes === undefined ? {} : { nodes }),
    params: params.values,
    ...(context === undefined ? {} : { context }),
    notices: [...findings.notices(), ...nodeFindings.notices()],
  };
};
