import type { ApiServices } from '#functions/api/services.ts';
import { applyJob } from '#functions/apply-job/apply-job.ts';
import { breakLock } from '#functions/break-lock/break-lock.ts';
import { continueRun } from '#functions/continue-run/continue-run.ts';
import { abortRun, pauseRun, resumeRun } from '#functions/control-run/control-run.ts';
import { decideAtGate } from '#functions/decide-gate/decide-gate.ts';
import { examine } from '#functions/examine/examine.ts';
import { installAgents } from '#functions/install-agents/install-agents.ts';
import { keepAnswer } from '#functions/keep-answer/keep-answer.ts';
import { listBudgets, putBudget, removeBudget } from '#functions/keep-budgets/keep-budgets.ts';
import {
  listTargetSetChanges,
  listTargetSets,
  putTargetSet,
  removeTargetSet,
  viewTargetSet,
} from '#functions/keep-targets/keep-targets.ts';
import { listCosts } from '#functions/list-costs/list-costs.ts';
import { listLocks } from '#functions/list-locks/list-locks.ts';
import { listNodes } from '#functions/list-nodes/list-nodes.ts';
import { listNodeRows } from '#functions/list-results/list-node-rows.ts';
import { listResults } from '#functions/list-results/list-results.ts';
import { openOutputContent, readOutput } from '#functions/list-results/read-output.ts';
import { searchOutput } from '#functions/list-results/search-output.ts';
import { viewRunMap } from '#functions/list-results/view-run-map.ts';
import { ignoreNodes, resetNodes } from '#functions/mark-nodes/mark-nodes.ts';
import { planPreview } from '#functions/plan-preview/plan-preview.ts';
import { purgeRun } from '#functions/purge-run/purge-run.ts';
import { putCommand } from '#functions/put-command/put-command.ts';
import { completeFile, offerFile } from '#functions/put-file/put-file.ts';
import { createJsonBlobs } from '#functions/records/json-blob.ts';
import { removeFromLibrary } from '#functions/remove-from-library/remove-from-library.ts';
import { previewRetry, retryRun } from '#functions/retry-run/retry-run.ts';
import { submitRun } from '#functions/submit-run/submit-run.ts';
import { pauseSchedule, removeSchedule, resumeSchedule } from '#functions/timed-control/timed-control.ts';
import { timedPut } from '#functions/timed-put/timed-put.ts';
import { timedRunNow } from '#functions/timed-run-now/timed-run-now.ts';
import { listFirings, listSchedules, previewSchedule, viewSchedule } from '#functions/timed-view/timed-view.ts';
import { viewAgents } from '#functions/view-agents/view-agents.ts';
import {
  listCommandChanges,
  listCommands,
  listJobChanges,
  listJobs,
  viewCommand,
  viewJob,
} from '#functions/view-library/view-library.ts';
import { listRuns, viewRun, viewRunJob } from '#functions/view-run/view-run.ts';
import type { PriceTable } from '#shared/cost/prices.ts';
import type { PlanningAgents } from '#shared/ports/agent.ts';
import type { AgentCares } from '#shared/ports/agent-care.ts';
import type { Examination } from '#shared/ports/examination.ts';
import type { Scheduler } from '#shared/ports/scheduler.ts';
import type { Secrets } from '#shared/ports/secrets.ts';
import type { Blobs, Clock, Engine, Ids, Inventory, Log, Roles } from '#shared/ports/services.ts';
import type { Store } from '#shared/ports/store.ts';

/** The ports behind the HTTP API. */
export interface ServicePorts {
  readonly store: Store;
  readonly blobs: Blobs;
  /** Contents of commands and jobs of the library; kept for ever, unlike what belongs to runs. */
  readonly libraryBlobs: Blobs;
  readonly agents: PlanningAgents;
  /** What the clouds can do about their agents. */
  readonly agentCare: AgentCares;
  readonly secrets: Pick<Secrets, 'check'>;
  readonly inventory: Inventory;
  readonly engine: Engine;
  readonly scheduler: Scheduler;
  readonly roles: Roles;
  readonly examination: Examination;
  /** What use is valued at. */
  readonly prices: PriceTable;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

/** What is about nodes, their agents, and sets of them. */
const nodeServices = (ports: ServicePorts) => ({
  listNodes: listNodes(ports),
  viewAgents: viewAgents(ports),
  installAgents: installAgents(ports),
  putTargetSet: putTargetSet(ports),
  listTargetSets: listTargetSets(ports),
  viewTargetSet: viewTargetSet(ports),
  listTargetSetChanges: listTargetSetChanges(ports),
  removeTargetSet: removeTargetSet(ports),
});

/** Wires the use cases behind the HTTP API to the ports. */
export const createServices = (ports: ServicePorts, json = createJsonBlobs(ports.blobs)): ApiServices => {
  const abort = abortRun(ports);
  const deps = { ...ports, json, abort };
  const submit = submitRun(deps);
  return {
    submitRun: submit,
    planPreview: planPreview(deps),
    continueRun: continueRun(deps),
    retryRun: retryRun(deps),
    previewRetry: previewRetry(deps),
    ignoreNodes: ignoreNodes(deps),
    resetNodes: resetNodes(deps),
    purgeRun: purgeRun(deps),
    decideGate: decideAtGate(deps),
    abortRun: abort,
    pauseRun: pauseRun(deps),
    resumeRun: resumeRun(deps),
    listRuns: listRuns(deps),
    viewRun: viewRun(deps),
    viewRunJob: viewRunJob(deps),
    listNodeRows: listNodeRows(deps),
    viewRunMap: viewRunMap(deps),
    listResults: listResults(deps),
    readOutput: readOutput(deps),
    openOutputContent: openOutputContent(deps),
    searchOutput: searchOutput(deps),
    ...nodeServices(deps),
    examine: examine(deps),
    keepAnswer: keepAnswer(deps),
    putCommand: putCommand(deps),
    listCommands: listCommands(deps),
    viewCommand: viewCommand(deps),
    listCommandChanges: listCommandChanges(deps),
    removeCommand: removeFromLibrary('command', deps),
    applyJob: applyJob(deps),
    listJobs: listJobs(deps),
    viewJob: viewJob(deps),
    listJobChanges: listJobChanges(deps),
    removeJob: removeFromLibrary('job', deps),
    listCosts: listCosts(deps),
    offerFile: offerFile(deps),
    completeFile: completeFile(deps),
    listLocks: listLocks(deps),
    breakLock: breakLock(deps),
    listBudgets: listBudgets(deps),
    putBudget: putBudget(deps),
    removeBudget: removeBudget(deps),
    putSchedule: timedPut(deps),
    listSchedules: listSchedules(deps),
    viewSchedule: viewSchedule(deps),
    previewSchedule: previewSchedule(deps),
    listFirings: listFirings(deps),
    pauseSchedule: pauseSchedule(deps),
    resumeSchedule: resumeSchedule(deps),
    removeSchedule: removeSchedule(deps),
    runSchedule: timedRunNow({ ...deps, submit }),
  };
};
