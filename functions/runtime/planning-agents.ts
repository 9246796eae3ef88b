import { aliyunLimits } from '#functions/adapters/aliyun/aliyun-context.ts';
import { ssmLimits } from '#functions/adapters/ssm/ssm-context.ts';
import type { PlanningAgents } from '#shared/ports/agent.ts';

/** What the agents can take, for functions that call none. */
export const planningAgents: PlanningAgents = { aws: { limits: ssmLimits }, aliyun: { limits: aliyunLimits } };
