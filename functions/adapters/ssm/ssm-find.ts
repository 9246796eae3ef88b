import { type Command, ListCommandsCommand, type ListCommandsResult } from '@aws-sdk/client-ssm';
import { joinSentIds } from '#functions/adapters/agent/sent-ids.ts';
import type { AgentScope } from '#shared/ports/agent.ts';
import { callName, pageSize, type SsmContext } from './ssm-context.ts';

/** SSM's clock and ours may differ by this much. */
const clockSkewMs = 60_000;
/** 2,000 commands, as many as an account sends in minutes at most; the fence on the nodes covers what lies beyond. */
const mostPages = 40;

const withoutMilliseconds = (timeMs: number): string => new Date(timeMs).toISOString().replace(/\.\d{3}Z$/, 'Z');

/**
 * The command ids of our own id, found by Comment among the commands since a minute before `since`, at most 2,000 of them. A sending in
 * parts makes several commands, one right after the other, so the search ends with the first page without one that follows one with.
 */
export const find = async (
  context: SsmContext,
  { invocationId, since, ...scope }: AgentScope & { readonly invocationId: string; readonly since: string },
): Promise<string | undefined> => {
  const client = context.clientFor(scope);
  const after = withoutMilliseconds(Date.parse(since) - clockSkewMs);
  const found: Command[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const input = {
      Filters: [{ key: 'InvokedAfter' as const, value: after }],
      MaxResults: pageSize,
      NextToken: nextToken,
    };
    const answer: ListCommandsResult = await context.caller.read(callName('ListCommands', scope), () =>
      client.send(new ListCommandsCommand(input)),
    );
    const ours = (answer.Commands ?? []).filter(({ Comment }) => Comment === invocationId);
    if (found.length > 0 && ours.length === 0) break;
    found.push(...ours);
    nextToken = answer.NextToken || undefined;
    if (nextToken === undefined) break;
  }
  return joinSentIds(found.flatMap(({ CommandId }) => CommandId ?? []));
};
