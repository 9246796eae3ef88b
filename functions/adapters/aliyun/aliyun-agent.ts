import type { RetryPolicy } from '#functions/adapters/agent/back-off.ts';
import { createCaller, type Pacing } from '#functions/adapters/agent/caller.ts';
import type { Agent, AgentScope } from '#shared/ports/agent.ts';
import { cancel } from './aliyun-cancel.ts';
import { type AliyunContext, aliyunLimits } from './aliyun-context.ts';
import { classifyAliyun } from './aliyun-failures.ts';
import { find } from './aliyun-find.ts';
import { reach } from './aliyun-instances.ts';
import { look } from './aliyun-look.ts';
import { pushFile } from './aliyun-push-file.ts';
import { send } from './aliyun-send.ts';
import { sendAgain } from './aliyun-send-again.ts';
import type { EcsCalls } from './ecs-calls.ts';

/** What the agent of Alibaba Cloud needs. */
export interface AliyunAgentOptions extends Pacing {
  /** The calls of an account and region (see aliyun-clients.ts). */
  readonly clientFor: (scope: AgentScope) => EcsCalls;
  readonly retries?: RetryPolicy;
}

/** Alibaba Cloud Assistant as an agent. */
export const createAliyunAgent = (options: AliyunAgentOptions): Agent => {
  const context: AliyunContext = {
    clientFor: options.clientFor,
    caller: createCaller(classifyAliyun, options, options.retries),
  };
  return {
    kind: 'aliyun',
    limits: aliyunLimits,
    send: async (request) => send(context, request),
    find: (query) => find(context, query),
    look: (invocation) => look(context, invocation),
    cancel: (invocation) => cancel(context, invocation),
    reach: (query) => reach(context, query),
    sendAgain: (invocation) => sendAgain(context, invocation),
    pushFile: (request) => pushFile(context, request),
  };
};
