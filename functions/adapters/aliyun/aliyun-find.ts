import { joinSentIds } from '#functions/adapters/agent/sent-ids.ts';
import type { AgentScope } from '#shared/ports/agent.ts';
import { type AliyunContext, callName, pageSize } from './aliyun-context.ts';

/** 250 invocations; a sending of 100 instances never has more parts than 100. */
const mostPages = 5;

/**
 * The invoke ids of our own id, which every command of a sending carries as its name, whatever its client token. A sending in parts makes
 * several invocations.
 */
export const find = async (
  context: AliyunContext,
  { invocationId, ...scope }: AgentScope & { readonly invocationId: string },
): Promise<string | undefined> => {
  const calls = context.clientFor(scope);
  const found: string[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const fields = { commandName: invocationId, maxResults: pageSize, ...(nextToken ? { nextToken } : {}) };
    const reply = await context.caller.read(callName('DescribeInvocations', scope), () =>
      calls.describeInvocations(fields),
    );
    const ours = reply.Invocations.Invocation.filter(({ CommandName }) => CommandName === invocationId);
    found.push(...ours.map(({ InvokeId }) => InvokeId));
    nextToken = reply.NextToken;
    if (nextToken === '') break;
  }
  return joinSentIds(found);
};
