import { type TaskName, taskRegistry } from '#shared/workflow/task-registry.ts';

/** What a function may do. Each word is a set of rights and the variables that go with it (see constructs/grants.ts). */
export type Need =
  | 'readTable'
  | 'readBulk'
  | 'writeTable'
  | 'writeBulk'
  | 'listRuns'
  | 'readBlobs'
  | 'writeBlobs'
  | 'readLibrary'
  | 'writeLibrary'
  | 'checkSecrets'
  | 'readSecrets'
  | 'removeSecrets'
  | 'removeRuns'
  | 'sendCommands'
  | 'readCommands'
  | 'inventory'
  | 'updateAgents'
  | 'examine'
  | 'completeTasks'
  | 'watchRuns';

/** One Lambda function. */
export interface FunctionRow {
  /** Folder under `functions/` with its `handler.ts`. */
  readonly folder: string;
  readonly memoryMiB: number;
  readonly timeoutSeconds: number;
  /** Calls at once, taken from what the account has; absent: as many as come. */
  readonly atOnce?: number;
  readonly needs: readonly Need[];
}

const needs: Readonly<Record<TaskName, readonly Need[]>> = {
  startRun: ['readTable', 'writeTable', 'readBlobs'],
  nextStage: ['readTable', 'writeTable', 'readBlobs', 'writeBlobs', 'inventory', 'completeTasks'],
  awaitTurn: ['readTable', 'writeTable', 'completeTasks'],
  openPhase: ['readTable', 'writeTable', 'writeBulk', 'readBlobs'],
  invokeOperation: [
    'readTable',
    'readBulk',
    'writeTable',
    'writeBulk',
    'readBlobs',
    'writeBlobs',
    'readSecrets',
    'removeSecrets',
    'sendCommands',
    'completeTasks',
  ],
  awaitPermit: ['readTable', 'writeTable', 'completeTasks'],
  awaitAgent: ['readTable', 'writeTable', 'completeTasks'],
  // It sends too: the script that ends what is under way on the nodes of an aborted run.
  collectResults: [
    'readTable',
    'readBulk',
    'writeTable',
    'writeBulk',
    'readBlobs',
    'writeBlobs',
    'readSecrets',
    'removeSecrets',
    'readCommands',
    'completeTasks',
    'sendCommands',
  ],
  closePhase: ['readTable', 'readBulk', 'writeTable', 'readBlobs', 'completeTasks'],
  hold: ['readTable', 'writeTable', 'completeTasks'],
  finishRun: ['readTable', 'readBulk', 'writeTable', 'readBlobs', 'completeTasks'],
  onAgentEvent: ['readTable', 'writeTable', 'completeTasks'],
  settleRun: ['readTable', 'readBulk', 'writeTable', 'readBlobs', 'completeTasks', 'watchRuns'],
  sweepRuns: ['readTable', 'readBulk', 'writeTable', 'readBlobs', 'completeTasks', 'watchRuns'],
};

/**
 * Concurrency is reserved for calls that nobody waits for alone: Lambda keeps those that are too many and brings them later. A task that the
 * state machine calls would fail after half a minute of being too many.
 */
const atOnce: Partial<Readonly<Record<TaskName, number>>> = {
  // The events of a large fleet come together; each completes a token, of which Step Functions takes 300 to 500 a second.
  onAgentEvent: 20,
  // Executions that fail together, and sweeps that take long: DescribeExecution allows 10 to 15 calls a second.
  settleRun: 5,
  sweepRuns: 1,
};

/** Every task. */
export const taskNames = Object.keys(needs) as readonly TaskName[];

/** Tasks with a need. */
export const tasksThatNeed = (need: Need): readonly TaskName[] =>
  taskNames.filter((name) => needs[name].includes(need));

/** A task's function: size and time as the registry says, rights as listed here. */
export const taskRow = (name: TaskName): FunctionRow => {
  const { folder, memoryMiB, timeoutSeconds } = taskRegistry[name];
  const reserved = atOnce[name];
  return {
    ...{ folder, memoryMiB, timeoutSeconds, needs: needs[name] },
    ...(reserved === undefined ? {} : { atOnce: reserved }),
  };
};

/** The function behind the HTTP API, which also starts executions. API Gateway gives up after 30 seconds. */
export const apiRow: FunctionRow = {
  folder: 'api',
  memoryMiB: 1024,
  timeoutSeconds: 29,
  needs: [
    'readTable',
    'readBulk',
    'writeTable',
    'writeBulk',
    'listRuns',
    'readBlobs',
    'writeBlobs',
    'removeRuns',
    'readLibrary',
    'writeLibrary',
    'inventory',
    'updateAgents',
    'checkSecrets',
    'completeTasks',
  ],
};

/** The function that starts runs by the clock: as the API starts them, without anything else that the API does. */
export const timedFireRow: FunctionRow = {
  folder: 'timed-fire',
  memoryMiB: 1024,
  timeoutSeconds: 120,
  needs: [
    'readTable',
    'writeTable',
    'readBlobs',
    'writeBlobs',
    'readLibrary',
    'inventory',
    'checkSecrets',
    'completeTasks',
  ],
};

/** The function that looks how the deployment is. It may look, and write one blob. */
export const examineRow: FunctionRow = {
  folder: 'examine',
  memoryMiB: 1024,
  timeoutSeconds: 29,
  needs: ['examine'],
};

/** The function that serves the page of the web console. It may do nothing. Anybody may call it, so it cannot use up what the others need. */
export const consoleRow: FunctionRow = {
  folder: 'console',
  memoryMiB: 512,
  timeoutSeconds: 10,
  atOnce: 20,
  needs: [],
};

/** Folders of all functions of a deployment. */
export const functionFolders = ({ withConsole }: { readonly withConsole: boolean }): readonly string[] => [
  ...taskNames.map((name) => taskRow(name).folder),
  apiRow.folder,
  timedFireRow.folder,
  examineRow.folder,
  ...(withConsole ? [consoleRow.folder] : []),
];
