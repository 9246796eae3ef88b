import type { ApiServices } from '#functions/api/services.ts';
import { continueRun } from '#functions/continue-run/continue-run.ts';
import { abortRun, pauseRun, resumeRun } from '#functions/control-run/control-run.ts';
import { decideAtGate } from '#functions/decide-gate/decide-gate.ts';
import { listNodes } from '#functions/list-nodes/list-nodes.ts';
import { listNodeRows } from '#functions/list-results/list-node-rows.ts';
import { listResults } from '#functions/list-results/list-results.ts';
import { ignoreNodes, resetNodes } from '#functions/mark-nodes/mark-nodes.ts';
import { planPreview } from '#functions/plan-preview/plan-preview.ts';
import { createJsonBlobs } from '#functions/records/json-blob.ts';
import { previewRetry, retryRun } from '#functions/retry-run/retry-run.ts';
import { submitRun } from '#functions/submit-run/submit-run.ts';
import { listRuns, viewRun, viewRunJob } from '#functions/view-run/view-run.ts';
import type { PlanningAgents } from '#shared/ports/agent.ts';
import type { Blobs, Clock, Engine, Ids, Inventory, Log, Roles } from '#shared/ports/services.ts';
import type { Store } from '#shared/ports/store.ts';

/** The ports behind the HTTP API. */
export interface ServicePorts {
  readonly store: Store;
  readonly blobs: Blobs;
  readonly agents: PlanningAgents;
  readonly inventory: Inventory;
  readonly engine: Engine;
  readonly roles: Roles;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

/** Wires the use cases behind the HTTP API to the ports. */
export const createServices = (ports: ServicePorts, json = createJsonBlobs(ports.blobs)): ApiServices => {
  const deps = { ...ports, json };
  return {
    submitRun: submitRun(deps),
    planPreview: planPreview(deps),
    continueRun: continueRun(deps),
    retryRun: retryRun(deps),
    previewRetry: previewRetry(deps),
    ignoreNodes: ignoreNodes(deps),
    resetNodes: resetNodes(deps),
    abortRun: abortRun(deps),
    decideGate: decideAtGate(deps),
    pauseRun: pauseRun(deps),
    resumeRun: resumeRun(deps),
    listRuns: listRuns(deps),
    viewRun: viewRun(deps),
    viewRunJob: viewRunJob(deps),
    listNodeRows: listNodeRows(deps),
    listResults: listResults(deps),
    listNodes: listNodes(deps),
  };
};
