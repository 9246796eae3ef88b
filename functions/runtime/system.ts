import type { ApiServices } from '#functions/api/services.ts';
import { awaitAgent } from '#functions/await-agent/await-agent.ts';
import { awaitPermit } from '#functions/await-permit/await-permit.ts';
import { awaitTurn } from '#functions/await-turn/await-turn.ts';
import { closePhase } from '#functions/close-phase/close-phase.ts';
import { collectResults } from '#functions/collect-results/collect-results.ts';
import { finishRun } from '#functions/finish-run/finish-run.ts';
import { hold } from '#functions/hold/hold.ts';
import { invokeOperation } from '#functions/invoke-operation/invoke-operation.ts';
import { nextStage } from '#functions/next-stage/next-stage.ts';
import { onAgentEvent } from '#functions/on-agent-event/on-agent-event.ts';
import { openPhase } from '#functions/open-phase/open-phase.ts';
import { createJsonBlobs } from '#functions/records/json-blob.ts';
import { settleRun } from '#functions/settle-run/settle-run.ts';
import { startRun } from '#functions/start-run/start-run.ts';
import { sweepRuns } from '#functions/sweep-runs/sweep-runs.ts';
import { timedSweep } from '#functions/timed-sweep/timed-sweep.ts';
import type { ScheduleRecord } from '#shared/model/schedule.ts';
import type { Agents } from '#shared/ports/agent.ts';
import type { Sealer, Secrets } from '#shared/ports/secrets.ts';
import type { Http } from '#shared/ports/services.ts';
import type { TaskBehaviours } from '#shared/workflow/task-registry.ts';
import { createServices, type ServicePorts } from './services.ts';

/** What is done for the clock. */
export interface TimedSystem {
  /** Brings a schedule up to now. */
  sweep(name: string): Promise<void>;
  list(): Promise<readonly ScheduleRecord[]>;
}

/** Every port of the product. */
export interface SystemPorts extends ServicePorts {
  readonly agents: Agents;
  readonly secrets: Secrets;
  readonly sealer: Sealer;
  readonly http: Http;
}

/** The whole product on one set of ports: the tasks of the state machine and the services behind the HTTP API. */
export interface System {
  readonly tasks: TaskBehaviours;
  readonly services: ApiServices;
  readonly timed: TimedSystem;
}

/** Wires every use case to the ports. On Lambda each function wires its own one; where all run in one process, this does. */
export const createSystem = (ports: SystemPorts): System => {
  const deps = { ...ports, json: createJsonBlobs(ports.blobs) };
  const services = createServices(ports, deps.json);
  return {
    tasks: {
      startRun: startRun(deps),
      nextStage: nextStage(deps),
      awaitTurn: awaitTurn(deps),
      openPhase: openPhase(deps),
      invokeOperation: invokeOperation(deps),
      awaitPermit: awaitPermit(deps),
      awaitAgent: awaitAgent(deps),
      collectResults: collectResults(deps),
      closePhase: closePhase(deps),
      hold: hold(deps),
      finishRun: finishRun(deps),
      onAgentEvent: onAgentEvent(deps),
      settleRun: settleRun(deps),
      sweepRuns: sweepRuns(deps),
    },
    services,
    timed: { sweep: timedSweep({ ...deps, submit: services.submitRun }), list: ports.store.listSchedules },
  };
};
