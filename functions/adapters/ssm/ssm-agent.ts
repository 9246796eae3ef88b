import type { SSMClient } from '@aws-sdk/client-ssm';
import type { RetryPolicy } from '#functions/adapters/agent/back-off.ts';
import { createCaller, type Pacing } from '#functions/adapters/agent/caller.ts';
import type { Agent, AgentScope } from '#shared/ports/agent.ts';
import { cancel } from './ssm-cancel.ts';
import { type SsmContext, ssmLimits } from './ssm-context.ts';
import { classifyAws } from './ssm-failures.ts';
import { find } from './ssm-find.ts';
import { reach } from './ssm-instances.ts';
import { look } from './ssm-look.ts';
import { pushFile, send } from './ssm-send.ts';
import { isCut } from './ssm-text.ts';

/** What the agent of AWS needs. */
export interface SsmAgentOptions extends Pacing {
  /** The client of an account and region, without retries of its own (see ssm-clients.ts). */
  readonly clientFor: (scope: AgentScope) => SSMClient;
  readonly retries?: RetryPolicy;
  /** Whether a text of a listing, of at most 2,500 characters, is to be replaced by the longer one; when SSM cut it, if absent. */
  readonly needsFullText?: (text: string) => boolean;
}

/** AWS Systems Manager Run Command as an agent. */
export const createSsmAgent = (options: SsmAgentOptions): Agent => {
  const context: SsmContext = {
    clientFor: options.clientFor,
    caller: createCaller(classifyAws, options, options.retries),
    needsFullText: options.needsFullText ?? isCut,
  };
  return {
    kind: 'aws',
    limits: ssmLimits,
    send: async (request) => send(context, request),
    find: (query) => find(context, query),
    look: (invocation) => look(context, invocation),
    cancel: (invocation) => cancel(context, invocation),
    reach: (query) => reach(context, query),
    pushFile: async (request) => pushFile(context, request),
  };
};
