import { randomUUID } from 'node:crypto';
import { handle, type LambdaContext, type LambdaEvent } from 'hono/aws-lambda';
import { openAgentCare } from '#functions/runtime/agent-care.ts';
import { openBlobs, openLibraryBlobs } from '#functions/runtime/blobs.ts';
import { openEngine } from '#functions/runtime/engine.ts';
import { readApiEnv, readPricesEnv } from '#functions/runtime/env.ts';
import { openInventory } from '#functions/runtime/inventory.ts';
import { planningAgents } from '#functions/runtime/planning-agents.ts';
import { correlate, openProcessLog, patientSleep, randomIds, systemClock } from '#functions/runtime/process.ts';
import { openRoles } from '#functions/runtime/roles.ts';
import { openScheduler } from '#functions/runtime/scheduler.ts';
import { openSecretChecks } from '#functions/runtime/secret-checks.ts';
import { createServices } from '#functions/runtime/services.ts';
import { openStore } from '#functions/runtime/store.ts';
import { createApp } from './app.ts';
import { createGatewayCallers } from './gateway-callers.ts';

const open = () => {
  const log = openProcessLog();
  const services = createServices({
    store: openStore(),
    blobs: openBlobs(),
    libraryBlobs: openLibraryBlobs(),
    agents: planningAgents,
    agentCare: openAgentCare(),
    secrets: openSecretChecks(),
    inventory: openInventory(),
    engine: openEngine(),
    scheduler: openScheduler(),
    roles: openRoles(),
    // The gateways send what asks for it to a function of its own, which has the rights.
    examination: { probes: [], sleep: patientSleep },
    prices: readPricesEnv(),
    clock: systemClock,
    ids: randomIds,
    log,
  });
  const { authorize, mount } = createGatewayCallers(randomUUID);
  return handle(mount(createApp({ services, authorize, ...readApiEnv(), log, newRequestId: randomUUID })));
};

let answer: ReturnType<typeof open> | undefined;

/** The HTTP API on Lambda, behind an API Gateway that lets only signed requests, or those with a token of the issuer, through. Built at the first request. */
export const handler = (event: LambdaEvent, context: LambdaContext): ReturnType<ReturnType<typeof open>> => {
  answer ??= open();
  correlate({ requestId: context.awsRequestId });
  return answer(event, context);
};
