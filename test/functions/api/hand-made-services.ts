import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { createApp } from '#functions/api/app.ts';
import type { ApiServices, OutputContent } from '#functions/api/services.ts';
import type { CostsView } from '#shared/contract/cost-views.ts';
import { type CommandView, commandViewSchema, type JobView, jobViewSchema } from '#shared/contract/library-views.ts';
import type { BudgetView } from '#shared/contract/lock-views.ts';
import { type RunMap, runMapSchema } from '#shared/contract/map-views.ts';
import {
  type NodeRow,
  nodeRowSchema,
  type OutputMatch,
  type OutputPage,
  outputMatchSchema,
  outputPageSchema,
  type ResultView,
  type RunView,
  resultViewSchema,
  runViewSchema,
} from '#shared/contract/run-views.ts';
import {
  type FiringView,
  firingViewSchema,
  type ScheduleView,
  scheduleSummarySchema,
  scheduleViewSchema,
} from '#shared/contract/schedule-views.ts';
import type { TargetSetView } from '#shared/contract/target-views.ts';
import { costOf, listPrices } from '#shared/cost/prices.ts';
import { runIdSchema } from '#shared/model/ids.ts';
import { inventoryNodeSchema } from '#shared/model/node.ts';
import { noUsage } from '#shared/model/usage.ts';
import { runPlanSchema } from '#shared/plan/run-plan.ts';
import type { Log, LogFields } from '#shared/ports/services.ts';
import { fixedReadAt } from '#test/kit/fixed-inventory.ts';

export const runId = runIdSchema.parse('01J0000000000000000000RVN1');
export const otherRunId = runIdSchema.parse('01J0000000000000000000RVN2');
export const token = 'a-token-for-tests';

/** A view of a finished run of two nodes; `change` replaces parts of it. */
export const makeRunView = (change: Partial<RunView> = {}): RunView =>
  runViewSchema.parse({
    runId,
    job: { name: 'roll-shop', digest: 'd'.repeat(64) },
    status: 'succeeded',
    control: 'go',
    attempt: 1,
    actor: 'ada',
    createdAt: '2026-01-01T00:00:00.000Z',
    startedAt: '2026-01-01T00:00:01.000Z',
    endedAt: '2026-01-01T00:00:09.000Z',
    params: {},
    commands: [],
    gates: [],
    attempts: [
      {
        attempt: 1,
        selection: { mode: 'all' },
        status: 'succeeded',
        actor: 'ada',
        createdAt: '2026-01-01T00:00:00.000Z',
        startedAt: '2026-01-01T00:00:01.000Z',
      },
    ],
    groups: [
      {
        name: 'roll',
        strategy: 'oneShot',
        status: 'succeeded',
        nodeCount: 2,
        rounds: 0,
        phases: [
          {
            name: 'restart',
            on: 'target',
            operations: ['start'],
            status: 'succeeded',
            nodeCount: 2,
            counts: { succeeded: 2 },
            slices: [
              {
                round: 0,
                rounds: 0,
                status: 'succeeded',
                attempt: 1,
                nodeCount: 2,
                counts: { succeeded: 2 },
                openedAt: '2026-01-01T00:00:01.000Z',
                closedAt: '2026-01-01T00:00:09.000Z',
              },
            ],
          },
        ],
      },
    ],
    ...change,
  });

/** How the two nodes of that run stand. */
export const makeRunMap = (change: Partial<RunMap> = {}): RunMap =>
  runMapSchema.parse({
    ...{ runId, attempt: 1, status: 'succeeded', lists: 'a'.repeat(32) },
    groups: [
      {
        ...{ name: 'roll', nodeIds: ['i-1', 'i-2'], names: ['web-1', 'web-2'] },
        phases: [{ name: 'restart', on: 'target', statuses: 'ss' }],
      },
    ],
    ...change,
  });

/** One node in one phase. */
export const makeNodeRow = (change: Partial<NodeRow> = {}): NodeRow =>
  nodeRowSchema.parse({
    nodeId: 'i-1',
    name: 'web-1',
    host: '10.0.0.1',
    agent: 'aws',
    region: 'eu-west-1',
    instanceId: 'i-1',
    group: 'roll',
    phase: 'restart',
    round: 0,
    attempt: 1,
    status: 'succeeded',
    operation: 'start',
    exitCode: 0,
    reason: null,
    rawStatus: 'Success',
    durationMs: 1200,
    ...change,
  });

/** One operation on one node. */
export const makeResult = (change: Partial<ResultView> = {}): ResultView =>
  resultViewSchema.parse({
    resultId: 'a1-g0-s0-p0-x0-b0.o0.t0.i-1',
    nodeId: 'i-1',
    name: 'web-1',
    group: 'roll',
    phase: 'restart',
    round: 0,
    operation: 'start',
    attempt: 1,
    tryNumber: 0,
    status: 'succeeded',
    exitCode: 0,
    signal: null,
    reason: null,
    rawStatus: 'Success',
    startedAt: '2026-01-01T00:00:02.000Z',
    durationMs: 1200,
    stdout: 'ok\n',
    stderr: '',
    stdoutBytes: 3,
    stderrBytes: 0,
    omittedBytes: 0,
    outputs: {},
    replayed: false,
    recordedAt: '2026-01-01T00:00:04.000Z',
    ...change,
  });

/** A part of a stream, which is all of it. */
export const makeOutputPage = (change: Partial<OutputPage> = {}): OutputPage =>
  outputPageSchema.parse({
    resultId: 'a1-g0-s0-p0-x0-b0.o0.t0.i-1',
    stream: 'stdout',
    offset: 0,
    text: 'ok\n',
    keptBytes: 3,
    totalBytes: 3,
    complete: true,
    sha256: null,
    ...change,
  });

/** All of a stream. */
export const makeContent = (text = 'ok\n', change: Partial<OutputContent> = {}): OutputContent => ({
  complete: true,
  sha256: createHash('sha256').update(text).digest('hex'),
  chunks: () => Readable.from([Buffer.from(text)]),
  ...change,
});

/** A line that matches. */
export const makeMatch = (change: Partial<OutputMatch> = {}): OutputMatch =>
  outputMatchSchema.parse({
    resultId: 'a1-g0-s0-p0-x0-b0.o0.t0.i-1',
    nodeId: 'i-1',
    name: 'web-1',
    group: 'roll',
    phase: 'restart',
    operation: 'start',
    attempt: 1,
    tryNumber: 0,
    stream: 'stdout',
    line: 1,
    offset: 0,
    text: 'ok',
    ...change,
  });

/** A node of the inventory. */
export const makeNode = (id = 'i-1', name = 'web-1', tags: Readonly<Record<string, string>> = { app: 'shop' }) =>
  inventoryNodeSchema.parse({
    id,
    name,
    host: '10.0.0.1',
    agent: 'aws',
    region: 'eu-west-1',
    instanceId: id,
    tags,
    online: true,
  });

/** A disruption budget over four nodes. */
export const makeBudget = (change: Partial<BudgetView> = {}): BudgetView => ({
  ...{ name: 'shop', where: 'node.tags.app == "shop"', max: '50%', updatedAt: '2026-01-01T00:00:00.000Z' },
  ...{ updatedBy: 'ada', nodes: 4, limit: 2, used: 0 },
  ...change,
});

/** A plan of one phase on two nodes. */
/** Costs of a month with one job. */
export const makeCosts = (): CostsView => {
  const usage = { ...noUsage, transitions: 40_000, agentCalls: 60 };
  const sum = { runs: 3, usage, cost: costOf(usage, listPrices) };
  return { month: '2026-11', items: [{ job: 'roll-shop', ...sum }], total: sum };
};

export const makePlan = () =>
  runPlanSchema.parse({
    job: 'roll-shop',
    groups: [
      {
        name: 'roll',
        strategy: 'oneShot',
        nodeCount: 2,
        stageCount: 1,
        maxFailures: 0,
        failuresAllowed: 0,
        phases: [
          {
            name: 'restart',
            on: 'target',
            operations: [
              { id: 'start', interpreter: 'sh', timeoutSeconds: 3600, failIgnore: false, digest: 'a'.repeat(64) },
            ],
          },
        ],
        rounds: [
          {
            round: 0,
            nodes: [
              { id: 'i-1', name: 'web-1', online: true },
              { id: 'i-2', name: 'web-2', online: false },
            ],
            slices: [
              {
                stageIndex: 0,
                phase: 'restart',
                kind: 'nodes',
                nodeCount: 2,
                width: 2,
                batchesAtOnce: 1,
                batches: [{ agent: 'aws', region: 'eu-west-1', online: true, batchCount: 1, nodeCount: 2 }],
              },
            ],
          },
        ],
        leftOut: [{ nodeId: 'i-9', reason: 'excluded' }],
      },
    ],
    totals: { nodes: 2, nodeOperations: 2, agentCalls: { sends: 1, looks: 1 } },
    warnings: [{ kind: 'offline', group: 'roll', message: 'Offline now: i-2.', nodeIds: ['i-2'] }],
    secrets: [{ param: 'token', reference: 'ssm:/shop/token', operations: ['start'], warnings: ['It is odd.'] }],
    digest: 'b'.repeat(64),
  });

const changed = { actor: 'ada', at: '2026-01-01T00:00:00.000Z' };

/** A version of the command ops/restart. */
export const makeCommandView = (change: Partial<CommandView> = {}): CommandView =>
  commandViewSchema.parse({
    name: 'ops/restart',
    version: 'c'.repeat(64),
    latest: true,
    removed: false,
    ...changed,
    changed,
    command: {
      apiVersion: 'drover/v1',
      kind: 'Command',
      metadata: { name: 'ops/restart', description: 'Restarts a service' },
      spec: { run: 'systemctl restart "$service"\n', arguments: { service: { required: true } } },
    },
    ...change,
  });

/** The second revision of the job roll-shop. */
export const makeJobView = (change: Partial<JobView> = {}): JobView =>
  jobViewSchema.parse({
    name: 'roll-shop',
    revision: 2,
    digest: 'e'.repeat(64),
    latest: true,
    removed: false,
    ...changed,
    comment: 'faster',
    job: {
      apiVersion: 'drover/v1',
      kind: 'Job',
      metadata: { name: 'roll-shop' },
      spec: {
        groups: [{ name: 'roll', phases: [{ name: 'restart', operations: [{ id: 'start', run: 'echo hi' }] }] }],
      },
    },
    ...change,
  });

const commandServices = (note: Note) => ({
  putCommand: note('putCommand', { view: { ...makeCommandView(), created: true }, etag: '"3"' }),
  listCommands: note('listCommands', {
    items: [
      {
        name: 'ops/restart',
        version: 'c'.repeat(64),
        type: 'script' as const,
        interpreter: 'sh' as const,
        removed: false,
        ...changed,
      },
    ],
  }),
  viewCommand: note('viewCommand', { view: makeCommandView(), etag: '"3"' }),
  listCommandChanges: note('listCommandChanges', {
    items: [{ change: 1, action: 'put' as const, version: 'c'.repeat(64), ...changed, comment: 'first' }],
  }),
  removeCommand: note('removeCommand', { name: 'ops/restart', changes: 4, ...changed }),
});

const fileServices = (note: Note) => ({
  offerFile: note('offerFile', { url: 'http://blobs/', fields: { key: 'files/x' } }),
  completeFile: note('completeFile', { value: `sha256:${'a'.repeat(64)}/cert.pem`, bytes: 3 }),
});

const jobServices = (note: Note) => ({
  applyJob: note('applyJob', { view: { ...makeJobView(), created: true }, etag: '"2"' }),
  listJobs: note('listJobs', {
    items: [{ name: 'roll-shop', revision: 2, digest: 'e'.repeat(64), removed: false, ...changed }],
  }),
  viewJob: note('viewJob', { view: makeJobView(), etag: '"2"' }),
  listJobChanges: note('listJobChanges', {
    items: [
      { revision: 2, action: 'put' as const, digest: 'e'.repeat(64), ...changed, comment: 'faster' },
      { revision: 1, action: 'put' as const, digest: 'd'.repeat(64), ...changed },
    ],
  }),
  removeJob: note('removeJob', { name: 'roll-shop', changes: 3, ...changed }),
});

/** The schedule `nightly`. */
export const makeScheduleView = (change: Partial<ScheduleView> = {}): ScheduleView =>
  scheduleViewSchema.parse({
    ...{ name: 'nightly', job: 'roll-shop', params: {}, expression: '0 2 * * *', dialect: 'unix', zone: 'UTC' },
    ...{ calendars: [], overlap: 'skip', enabled: true, tags: { team: 'ops' } },
    ...{ createdAt: changed.at, createdBy: 'ada', updatedAt: changed.at, updatedBy: 'ada' },
    next: [{ at: '2026-01-02T02:00:00.000Z', local: '2026-01-02T02:00:00+00:00' }],
    aws: { expressions: [{ expression: 'cron(0 2 * * ? *)', zone: 'UTC' }], exact: true },
    ...change,
  });

/** A due time of `nightly` that was skipped. */
export const makeFiring = (change: Partial<FiringView> = {}): FiringView =>
  firingViewSchema.parse({
    ...{ schedule: 'nightly', dueAt: '2026-01-01T02:00:00.000Z', kind: 'timed', status: 'skipped', at: changed.at },
    ...{ reason: 'another run goes on', ...change },
  });

const scheduleServices = (note: Note) => {
  const { next, ...view } = makeScheduleView();
  const { name, job, expression, dialect, zone, overlap, enabled, tags } = view;
  const summary = { name, job, expression, dialect, zone, overlap, enabled, tags, next: next[0], last: makeFiring() };
  return {
    putSchedule: note('putSchedule', { view: makeScheduleView(), etag: '"3.a"' }),
    listSchedules: note('listSchedules', { items: [scheduleSummarySchema.parse(summary)] }),
    viewSchedule: note('viewSchedule', { view: makeScheduleView(), etag: '"3.a"' }),
    previewSchedule: note('previewSchedule', { dialect, zone: 'UTC', next, aws: view.aws }),
    listFirings: note('listFirings', { items: [makeFiring()] }),
    pauseSchedule: note('pauseSchedule', makeScheduleView()),
    resumeSchedule: note('resumeSchedule', makeScheduleView()),
    removeSchedule: note('removeSchedule', makeScheduleView()),
    runSchedule: note('runSchedule', {
      firing: makeFiring({ kind: 'manual', status: 'started', runId, actor: 'ada' }),
      created: true,
    }),
  };
};

type Note = <A extends unknown[], R>(name: string, answer: R) => (...args: A) => Promise<R>;

/** What was asked of the services, in order: the name and its arguments. */
export type Asked = [string, ...unknown[]][];

/** A target set. */
export const makeTargetSet = (change: Partial<TargetSetView> = {}): TargetSetView => ({
  name: 'web',
  revision: 2,
  outline: 'where node.tags.app == "shop"',
  where: 'node.tags.app == "shop"',
  removed: false,
  latest: true,
  actor: 'ann',
  at: '2026-01-01T00:00:00.000Z',
  ...change,
});

const targetServices = (note: Note) => {
  const view = makeTargetSet();
  const { where: _where, latest: _latest, ...summary } = view;
  const { name: _name, removed: _removed, ...change } = summary;
  return {
    putTargetSet: note('putTargetSet', { view: { ...view, created: true }, etag: '"2"' }),
    viewTargetSet: note('viewTargetSet', { view, etag: '"2"' }),
    listTargetSets: note('listTargetSets', { items: [summary] }),
    listTargetSetChanges: note('listTargetSetChanges', { items: [{ ...change, action: 'put' as const }] }),
    removeTargetSet: note('removeTargetSet', {
      name: 'web',
      changes: 3,
      actor: 'ann',
      at: '2026-01-01T00:00:00.000Z',
      usedBy: [{ job: 'roll', schedules: ['nightly'] }],
    }),
  };
};

/** Services that answer something fixed and note what was asked; `change` replaces some. */
export const makeServices = (change: Partial<ApiServices> = {}): { services: ApiServices; asked: Asked } => {
  const asked: Asked = [];
  const note =
    <A extends unknown[], R>(name: string, answer: R) =>
    async (...args: A): Promise<R> => {
      asked.push([name, ...args]);
      return answer;
    };
  const services: ApiServices = {
    submitRun: note('submitRun', { runId, created: true }),
    planPreview: note('planPreview', makePlan()),
    continueRun: note('continueRun', undefined),
    retryRun: note('retryRun', undefined),
    previewRetry: note('previewRetry', { total: 0, items: [] }),
    ignoreNodes: note('ignoreNodes', undefined),
    resetNodes: note('resetNodes', undefined),
    viewRunJob: note('viewRunJob', { name: 'roll-shop', digest: 'abc', job: {} }),
    abortRun: note('abortRun', undefined),
    purgeRun: note('purgeRun', { runId, done: true, batches: 3 }),
    decideGate: note('decideGate', undefined),
    pauseRun: note('pauseRun', undefined),
    resumeRun: note('resumeRun', undefined),
    listRuns: note('listRuns', { items: [makeRunView()] }),
    viewRun: note('viewRun', makeRunView()),
    listNodeRows: note('listNodeRows', { items: [makeNodeRow()] }),
    viewRunMap: note('viewRunMap', makeRunMap()),
    listResults: note('listResults', { items: [makeResult()] }),
    readOutput: note('readOutput', makeOutputPage()),
    openOutputContent: note('openOutputContent', makeContent()),
    searchOutput: note('searchOutput', { items: [makeMatch()] }),
    listCosts: note('listCosts', makeCosts()),
    keepAnswer: async () => undefined,
    examine: note('examine', { checks: [{ check: 'table', status: 'ok' as const, says: 'drover is ACTIVE' }] }),
    listLocks: note('listLocks', { items: [] }),
    breakLock: note('breakLock', { items: [{ runId: otherRunId, attempt: 1 }] }),
    listBudgets: note('listBudgets', { items: [makeBudget()] }),
    putBudget: note('putBudget', makeBudget()),
    removeBudget: note('removeBudget', makeBudget()),
    listNodes: note('listNodes', { items: [makeNode()], readAt: fixedReadAt }),
    viewAgents: note('viewAgents', { places: [], lacking: [], omitted: 0, readAt: fixedReadAt }),
    installAgents: note('installAgents', { dryRun: false, items: [], readAt: fixedReadAt }),
    ...targetServices(note),
    ...commandServices(note),
    ...jobServices(note),
    ...scheduleServices(note),
    ...fileServices(note),
    ...fileServices(note),
    ...change,
  };
  return { services, asked };
};

/** A log that keeps its lines. */
export const makeLog = () => {
  const lines: { level: string; event: string; fields: LogFields }[] = [];
  const at =
    (level: string) =>
    (event: string, fields: LogFields = {}) =>
      void lines.push({ level, event, fields });
  const log: Log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  return { log, lines };
};

/** The app over hand-made services; the token belongs to `ada`. */
export const makeApp = (change: Partial<ApiServices> = {}) => {
  const { services, asked } = makeServices(change);
  const { log, lines } = makeLog();
  let requests = 0;
  const app = createApp({
    services,
    authorize: (given) => (given === token ? 'ada' : undefined),
    version: '1.2.3',
    log,
    newRequestId: () => `request-${++requests}`,
  });
  const call = async (path: string, init: RequestInit = {}) =>
    app.request(path, { ...init, headers: { Authorization: `Bearer ${token}`, ...init.headers } });
  return { app, call, asked, lines };
};
