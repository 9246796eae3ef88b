import type { z } from 'zod';
import { failureBudgetSchema } from '../model/failure-budget.ts';
import { approveSchema, roundApprovalSchema, runApprovalSchema, waitInputSchema } from '../model/gate.ts';
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
  httpCheckSchema,
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

const approvalKeys = {
  count: 'How many people must approve; one rejection stops.',
  of: 'Actors or roles who may decide; anybody when absent.',
  fourEyes: 'Whether the one who started the run may not approve.',
  message: 'What is to be approved.',
  expires: 'After this without a decision it counts as rejected: 30m, 24h.',
};

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
    approval: 'Asks people before anything starts.',
    maxFailures: 'How many nodes may fail over all groups before nothing more starts.',
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
    approval: 'Asks people before the second round, or before every later one. grayScale only.',
    maxFailures: 'How many nodes may fail before nothing more starts: a count, a percentage, or a map with max.',
    targets: 'The nodes of this group, in place of those of the job.',
    env: 'Environment variables of every operation of the group, over those of the job.',
    phases: 'Phases of the group.',
  }),
  level('an approval', runApprovalSchema, {
    ...approvalKeys,
    drift: 'How many targets may differ from the plan that was approved before it is asked for again.',
  }),
  level('an approval of rounds', roundApprovalSchema, {
    ...approvalKeys,
    after: 'first: after the first round only. every: after every round but the last.',
  }),
  level('waitInput', waitInputSchema, {
    message: 'The question; may hold ${{ }}.',
    type: 'button, select, multiSelect or text.',
    options: 'What to choose from.',
    pattern: 'Regular expression that a text must match.',
    of: 'Actors or roles who may answer; anybody when absent.',
  }),
  level('approve', approveSchema, {
    message: 'What is to be approved; may hold ${{ }}.',
    count: 'How many people must approve.',
    of: 'Actors or roles who may decide; anybody when absent.',
    fourEyes: 'Whether the one who started the run may not approve.',
  }),
  level('httpCheck', httpCheckSchema, {
    url: 'http or https; may hold ${{ }}.',
    method: 'GET, HEAD or POST.',
    headers: 'Headers of the request; values may hold ${{ }}.',
    status: 'Statuses that are fine; 200 to 299 when absent.',
    body: 'Regular expression that the body must match.',
  }),
  level('a failure budget', failureBudgetSchema, {
    max: 'How many nodes may fail, as count or percentage of the nodes it is about.',
    of: 'Which ends count: failed, timedOut, undeliverable, lost. All when absent.',
    minSample: 'So many nodes must have come to an end before it stops anything.',
    per: 'One budget for each part: round, or a CEL expression over node, such as node.tags.zone.',
  }),
  level('a phase', phaseSchema, {
    name: 'Name of the phase, unique in the job.',
    on: 'target: on each node. runner: once, on the runner. runnerPerTarget: on the runner, once for each node.',
    round: 'Round in which a runner phase of a grayScale group runs: first, middle, last or every.',
    judge: 'Makes a runner phase a probe of the round: when it fails, the run holds for a person, or stops.',
    maxConcurrency: 'How many nodes at once, as count or percentage.',
    roundCount: 'Number of slices that share the width; in oneShot groups.',
    runner: 'The node on which this phase runs, in place of the runner of the job.',
    maxFailures: 'How many nodes may fail in this phase before nothing more of its group starts.',
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
    waitInput: 'Asks a person, and waits for the answer within the timeout: output `answer`. In runner phases.',
    approve: 'Asks people to approve, and waits within the timeout; a rejection fails. In runner phases.',
    httpCheck: 'Makes a request and looks at the answer. In runner phases.',
    if: 'CEL condition, decided once on each node: the steps under `operations` follow when it holds, else those under `else`.',
    else: 'Steps when the condition of `if` does not hold.',
    forEach: 'A list, or a ${{ }} that gives one: the steps under `operations` follow once for each item.',
    as: 'Name of the item in the steps of forEach: ${{ each.<name> }}; item when absent.',
    limit: 'Most items of a forEach whose list is known only on the node: up to 40, 10 when absent.',
    operations: 'Steps of an if that holds, or of each turn of a forEach.',
    interpreter: 'What runs the script.',
    args: 'Arguments of the script; may hold ${{ }}.',
    env: 'Environment variables of the script; values may hold ${{ }}.',
    timeout: 'How long the script may run: 30s, 10m, 1h.',
    retries: 'Tries again on the nodes where it ended badly.',
    failOn: 'What in the output, or which exit codes, make it fail although the script ended well.',
    okExitCodes: 'Exit codes that mean success, in place of 0 alone.',
    failIgnore: 'Whether the node goes on when this operation fails.',
    when: 'CEL condition over node, params, outputs, env, each and run; the operation is skipped where it is false.',
    outputs: 'Names that the script writes to the file $DROVER_OUTPUT as name=value.',
    runAs: 'User that runs the script.',
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
