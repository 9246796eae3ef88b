import type { z } from 'zod';
import {
  concurrencySchema,
  groupSchema,
  jobSchema,
  jobSpecSchema,
  onLeasedSchema,
  operationSchema,
  outputSchema,
  paramSchema,
  phaseSchema,
  runnerSchema,
  targetsSchema,
} from '../model/job.ts';

/** One kind of map in a job file, and what its keys mean, for editors and error messages. */
export interface JobLevel {
  /** With its article: `an operation`. */
  readonly title: string;
  readonly schema: z.ZodObject;
  readonly keys: Readonly<Record<string, string>>;
}

type Keys<Schema extends z.ZodObject> = Readonly<Record<keyof Schema['shape'] & string, string>>;

const level = <Schema extends z.ZodObject>(title: string, schema: Schema, keys: Keys<Schema>): JobLevel => ({
  title,
  schema,
  keys,
});

/** Every kind of map in a job file, from the outside in. */
export const jobLevels: readonly JobLevel[] = [
  level('a job', jobSchema, {
    apiVersion: 'Version of the job format: drover/v1.',
    kind: 'What the file holds: Job.',
    metadata: 'Name, description and labels of the job.',
    spec: 'What the job does: params, targets, groups.',
  }),
  level('metadata', jobSchema.shape.metadata, {
    name: 'Name of the job.',
    description: 'What the job is for.',
    labels: 'Words to find the job by.',
  }),
  level('spec', jobSpecSchema, {
    params: 'Parameters that a run is given, by name. Refer to one with ${{ params.<name> }}.',
    env: 'Environment variables of every operation. Values may hold ${{ params.… }}, ${{ node.… }}, ${{ run.… }}.',
    targets: 'The nodes of the job. A group may name its own.',
    runner: 'The node on which runner phases run.',
    roundCount: 'How many rounds groups have that say nothing themselves.',
    concurrency: 'How many runs may go on at once under one key, and what becomes of the next one.',
    exclusive:
      'Whether the nodes are used by one run at a time; true, or what becomes of a node that another run uses.',
    groups: 'Groups, one after another.',
  }),
  level('a param', paramSchema, {
    type: 'string, number, boolean, enum, list or json.',
    description: 'What the param means, shown to those who start the job.',
    required: 'Whether a run must be given a value.',
    default: 'Value when a run is given none.',
    pattern: 'Regular expression that the text must match, anchored only as it is written.',
    options: 'The values to choose from.',
    min: 'Smallest number; least length of a text or list.',
    max: 'Greatest number; greatest length of a text or list.',
  }),
  level('targets', targetsSchema, {
    where: 'CEL condition over node, params and run: node.tags.app == "shop".',
    nodes: 'Node ids.',
    exclude: 'CEL condition for nodes to leave out.',
  }),
  level('a runner', runnerSchema, {
    where: 'CEL condition: the first online node, by id, for which it holds, runs it.',
  }),
  level('a group', groupSchema, {
    name: 'Name of the group, unique in the job.',
    strategy: 'oneShot: all phases together. grayScale: round by round, phase after phase.',
    rounds: 'Where each round ends, in nodes or percent of the group: [1, 10%, 50%, 100%]. grayScale only.',
    roundCount: 'grayScale: number of rounds. oneShot: number of slices that share the width.',
    maxConcurrency: 'How many nodes at once, as count or percentage.',
    soak: 'How long to wait between rounds: 30s, 10m. grayScale only.',
    maxFailures: 'How many nodes may fail before nothing more starts, as count or percentage.',
    exclusive: 'As on the job, for this group.',
    targets: 'The nodes of this group, in place of those of the job.',
    phases: 'Phases of the group.',
  }),
  level('a phase', phaseSchema, {
    name: 'Name of the phase, unique in the job.',
    on: 'target: on each node. runner: once, on the runner. runnerPerTarget: on the runner, once for each node.',
    round: 'Round in which a runner phase of a grayScale group runs: first, middle or last.',
    maxConcurrency: 'How many nodes at once, as count or percentage.',
    roundCount: 'Number of slices that share the width; in oneShot groups.',
    runner: 'The node on which this phase runs, in place of the runner of the job.',
    operations: 'Operations, in order, on each node.',
  }),
  level('an operation', operationSchema, {
    id: 'Id, unique in the job, used in ${{ outputs.<id>.<name> }}.',
    name: 'What people read in place of the id.',
    run: 'The script. Nothing in it is replaced: give it values through env or args.',
    interpreter: 'What runs the script.',
    args: 'Arguments of the script; may hold ${{ }}.',
    env: 'Environment variables of the script; values may hold ${{ }}.',
    timeout: 'How long the script may run: 30s, 10m, 1h.',
    failIgnore: 'Whether the node goes on when this operation fails.',
    when: 'CEL condition over node, params, outputs and run; the operation is skipped where it is false.',
    outputs: 'Names that the script writes to the file $DROVER_OUTPUT as name=value.',
    runAs: 'User that runs the script.',
    workingDirectory: 'Directory in which the script runs.',
  }),
  level('an output', outputSchema, {
    default: 'Value when the script writes none; may hold ${{ }}.',
    description: 'What the output means.',
  }),
  level('concurrency', concurrencySchema, {
    key: 'What runs must not share; may hold ${{ params.… }}. The name of the job when absent.',
    policy:
      'queue: wait in line. skip: record the run as rejected. replace: abort the run that goes on. reject: refuse the start.',
    limit: 'How many runs go on at once under the key.',
  }),
  level('exclusive', onLeasedSchema, {
    onLeased: 'wait: for the other run. skip: leave the node out. fail: count the node as failed.',
    timeout: 'How long to wait before that; a node that is waited for fails then.',
  }),
];

/** Says at which level a key belongs, when it was found at another. */
export const levelOfKey = (key: string): JobLevel | undefined => jobLevels.find((one) => Object.hasOwn(one.keys, key));
