import type { z } from 'zod';
import {
  groupSchema,
  jobSchema,
  jobSpecSchema,
  paramSchema,
  phaseSchema,
  runnerSchema,
  targetsSchema,
} from '../model/job.ts';
import {
  aggregateSchema,
  extractSchema,
  failOnSchema,
  maintenanceWindowSchema,
  operationSchema,
  outputSchema,
  retriesSchema,
  windowSchema,
} from '../model/operation.ts';

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
    groups: 'Groups, one after another.',
  }),
  level('a param', paramSchema, {
    type: 'string, number, boolean, enum, list, json, date or node.',
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
    targets: 'The nodes of this group, in place of those of the job.',
    env: 'Environment variables of every operation of the group, over those of the job.',
    phases: 'Phases of the group.',
  }),
  level('a phase', phaseSchema, {
    name: 'Name of the phase, unique in the job.',
    on: 'target: on each node. runner: once, on the runner. runnerPerTarget: on the runner, once for each node.',
    round: 'Round in which a runner phase of a grayScale group runs: first, middle or last.',
    maxConcurrency: 'How many nodes at once, as count or percentage.',
    roundCount: 'Number of slices that share the width; in oneShot groups.',
    runner: 'The node on which this phase runs, in place of the runner of the job.',
    env: 'Environment variables of every operation of the phase, over those of the group.',
    operations: 'Operations, in order, on each node.',
  }),
  level('an operation', operationSchema, {
    id: 'Id, unique in the job, used in ${{ outputs.<id>.<name> }}.',
    name: 'What people read in place of the id.',
    run: 'The script. Nothing in it is replaced: give it values through env or args.',
    use: 'A command of the library, in place of a script: name, name@latest or name@<version>.',
    with: 'Arguments of the command, by name; values may hold ${{ }}.',
    echo: 'Writes a text to the log; may hold ${{ }}.',
    setEnv: 'Environment variables for later operations of the node, or of the run; values may hold ${{ }}.',
    scope: 'Who sees the variables of setEnv: node (default) or run.',
    fail: 'Ends the node as failed, with this reason; may hold ${{ }}.',
    aggregate: 'Gathers one output over all the nodes that wrote it, as output `result`. In runner phases.',
    extract: 'Takes a part out of a text, by JSON path or pattern, as output `result`.',
    maintenanceWindow: 'Goes on inside these hours only.',
    wait: 'Waits: 30s, 10m, 2h.',
    if: 'CEL condition, decided once on each node: the steps under `operations` follow when it holds, else those under `else`.',
    else: 'Steps when the condition of `if` does not hold.',
    forEach: 'A list, or a ${{ }} that gives one: the steps under `operations` follow once for each item.',
    as: 'Name of the item in the steps of forEach: ${{ each.<name> }}; item when absent.',
    limit: 'Most items of a forEach whose list is known only on the node: up to 40, 10 when absent.',
    operations: 'Steps of an if that holds, or of each turn of a forEach.',
    interpreter:
      'What runs the script: sh, bash, python3, perl, node, pwsh, powershell, bat, or viri (a Python class with run()).',
    args: 'Arguments of the script; may hold ${{ }}.',
    env: 'Environment variables of the script; values may hold ${{ }}.',
    timeout: 'How long the script may run: 30s, 10m, 1h.',
    retries: 'Tries again on the nodes where it ended badly.',
    failOn: 'What in the output, or which exit codes, make it fail although the script ended well.',
    okExitCodes: 'Exit codes that mean success, in place of 0 alone.',
    failIgnore: 'Whether the node goes on when this operation fails.',
    when: 'CEL condition over node, params, outputs, env, each and run; the operation is skipped where it is false.',
    outputs: 'Names that the script writes to the file $DROVER_OUTPUT as name=value.',
    reboot: 'Whether exit code 194 or 3010 means: reboot the node, then run the script again.',
    runAs: 'User that runs the script. On Linux nodes.',
    workingDirectory: 'Directory in which the script runs.',
  }),
  level('retries', retriesSchema, {
    max: 'How many more times, 1 to 10.',
    backoff: 'How long to wait before the second try: 5s, 1m.',
    factor: 'What the wait is multiplied by before each further try.',
    on: 'Which ends are tried again: failed, timedOut, undeliverable, lost. lost may have run.',
  }),
  level('failOn', failOnSchema, {
    patterns: 'Regular expressions: a line of the output that matches one makes the operation fail.',
    ignoreCase: 'Whether capitals make no difference.',
    in: 'Which output is looked at: stdout, stderr or both.',
    exitCodes: 'Exit codes that mean failure whatever okExitCodes says.',
  }),
  level('aggregate', aggregateSchema, {
    from: 'The output: <operation>.<output>.',
    as: 'map: by node. list: JSON list of the values. text: joined. first: the value of the first node.',
    by: 'What a node is called in a map: its id, name or host.',
    separator: 'Between the values of a text.',
  }),
  level('extract', extractSchema, {
    from: 'The text; may hold ${{ }}.',
    path: 'JSON path (RFC 9535), such as $.items[0].name.',
    pattern: 'Regular expression; its first group counts, else the whole match.',
    all: 'Whether to take every match, as a JSON list.',
  }),
  level('maintenanceWindow', maintenanceWindowSchema, {
    windows: 'The hours in which the operation succeeds.',
    timeZone: 'IANA name of the zone the hours are in, such as Europe/Vienna.',
    outside: 'Outside the windows: fail, or wait for the next one within the timeout.',
  }),
  level('a window', windowSchema, {
    from: 'First minute, HH:MM.',
    to: 'Last minute, HH:MM; not after from means on the next day.',
    days: 'Days of the week: mon, tue, wed, thu, fri, sat, sun.',
    monthDays: 'Days of every year: MM-DD.',
    dates: 'Single days: YYYY-MM-DD.',
  }),
  level('an output', outputSchema, {
    type: 'string, int, number, boolean or json; a value that is not of this type fails the operation.',
    default: 'Value when the script writes none; may hold ${{ }}.',
    description: 'What the output means.',
  }),
];

/** Says at which level a key belongs, when it was found at another. */
export const levelOfKey = (key: string): JobLevel | undefined => jobLevels.find((one) => Object.hasOwn(one.keys, key));
