import type { ApiServices } from '#functions/api/services.ts';
import { awaitAgent } from '#functions/await-agent/await-agent.ts';
import { closePhase } from '#functions/close-phase/close-phase.ts';
import { collectResults } from '#functions/collect-results/collect-results.ts';
import { continueRun } from '#functions/continue-run/continue-run.ts';
import { abortRun, pauseRun, resumeRun } from '#functions/control-run/control-run.ts';
import { finishRun } from '#functions/finish-run/finish-run.ts';
import { hold } from '#functions/hold/hold.ts';
import { invokeOperation } from '#functions/invoke-operation/invoke-operation.ts';
import { listNodes } from '#functions/list-nodes/list-nodes.ts';
import { listNodeRows } from '#functions/list-results/list-node-rows.ts';
import { listResults } from '#functions/list-results/list-results.ts';
import { nextStage } from '#functions/next-stage/next-stage.ts';
import { onAgentEvent } from '#functions/on-agent-event/on-agent-event.ts';
import { openPhase } from '#functions/open-phase/open-phase.ts';
import { planPreview } from '#functions/plan-preview/plan-preview.ts';
import { createJsonBlobs } from '#functions/records/json-blob.ts';
import { startRun } from '#functions/start-run/start-run.ts';
import { submitRun } from '#functions/submit-run/submit-run.ts';
import { listRuns, viewRun } from '#functions/view-run/view-run.ts';
import type { Agents } from '#shared/ports/agent.ts';
import type { Blobs, Clock, Engine, Ids, Inventory, Log } from '#shared/ports/services.ts';
import type { Store } from '#shared/ports/store.ts';
import type { TaskBehaviours } from '#shared/workflow/task-registry.ts';

/** Every port of the product. */
export interface SystemPorts {
  readonly store: Store;
  readonly blobs: Blobs;
  readonly agents: Agents;
  readonly inventory: Inventory;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

/** The whole product on one set of ports: the tasks of the state machine and the services behind the HTTP API. */
export interface System {
  readonly tasks: TaskBehaviours;
  readonly services: ApiServices;
}

/** Wires every use case to the ports. On Lambda each function wires its own one; where all run in one process, this does. */
export const createSystem = (ports: SystemPorts): System => {
  const deps = { ...ports, json: createJsonBlobs(ports.blobs) };
  return {
    tasks: {
      startRun: startRun(deps),
      nextStage: nextStage(deps),
      openPhase: openPhase(deps),
      invokeOperation: invokeOperation(deps),
      awaitAgent: awaitAgent(deps),
      collectResults: collectResults(deps),
      closePhase: closePhase(deps),
      hold: hold(deps),
      finishRun: finishRun(deps),
      onAgentEvent: onAgentEvent(deps),
    },
    services: {
      submitRun: submitRun(deps),
      planPreview: planPreview(deps),
      continueRun: continueRun(deps),
      abortRun: abortRun(deps),
      pauseRun: pauseRun(deps),
      resumeRun: resumeRun(deps),
      listRuns: listRuns(deps),
      viewRun: viewRun(deps),
      listNodeRows: listNodeRows(deps),
      listResults: listResults(deps),
      listNodes: listNodes(deps),
    },
  };
};
