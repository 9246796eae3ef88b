import {
  type CommandInvocation,
  GetCommandInvocationCommand,
  ListCommandInvocationsCommand,
  type ListCommandInvocationsResult,
} from '@aws-sdk/client-ssm';
import pMap from 'p-map';
import { splitSentIds } from '#functions/adapters/agent/sent-ids.ts';
import type { AgentInvocation, AgentScope, InstanceReport } from '#shared/ports/agent.ts';
import { callName, pageSize, type SsmContext } from './ssm-context.ts';
import { statusMeaning } from './ssm-statuses.ts';
import { isCut, joinedText } from './ssm-text.ts';

/** Calls for longer texts at once: a batch in which all 50 nodes print much costs 10 rounds of them. */
const parallelTexts = 5;

const listPage = async (
  context: SsmContext,
  scope: AgentScope,
  commandId: string,
  nextToken: string | undefined,
): Promise<ListCommandInvocationsResult> => {
  const client = context.clientFor(scope);
  const input = { CommandId: commandId, Details: true, MaxResults: pageSize, NextToken: nextToken };
  const answer = await context.caller.ask({
    what: callName('ListCommandInvocations', scope),
    run: () => client.send(new ListCommandInvocationsCommand(input)),
    repeatable: true,
  });
  if (!answer.refused) return answer.value;
  // A command that was sent a moment ago is not known everywhere yet.
  if (answer.code === 'InvalidCommandId' || answer.code === 'InvocationDoesNotExist') return {};
  throw answer.error;
};

/** All rows of a command, one per instance. A command of one batch fits one page. */
export const listInvocations = async (
  context: SsmContext,
  scope: AgentScope,
  commandId: string,
): Promise<readonly CommandInvocation[]> => {
  const rows: CommandInvocation[] = [];
  let nextToken: string | undefined;
  do {
    const page = await listPage(context, scope, commandId, nextToken);
    rows.push(...(page.CommandInvocations ?? []));
    nextToken = page.NextToken || undefined;
  } while (nextToken !== undefined);
  return rows;
};

const isEnd = (state: InstanceReport['state']): boolean => state !== 'waiting' && state !== 'running';

const timeOf = (time: Date | undefined): string | null => time?.toISOString() ?? null;

/** SSM's row in our words. It has no output until the end, and an exit code of -1 for "none". */
export const reportOf = (row: CommandInvocation): InstanceReport => {
  const plugin = row.CommandPlugins?.[0];
  const rawStatus = row.StatusDetails || row.Status || '';
  const { state, reason } = statusMeaning({
    status: row.Status ?? '',
    statusDetails: row.StatusDetails ?? '',
    started: plugin?.ResponseStartDateTime !== undefined,
  });
  const text = isEnd(state) ? (plugin?.Output ?? '') : null;
  const exitCode = plugin?.ResponseCode ?? -1;
  return {
    instanceId: row.InstanceId ?? '',
    state,
    rawStatus,
    reason,
    exitCode: (state === 'succeeded' || state === 'failed') && exitCode >= 0 ? exitCode : null,
    startedAt: timeOf(plugin?.ResponseStartDateTime),
    endedAt: isEnd(state) ? timeOf(plugin?.ResponseFinishDateTime) : null,
    text,
    droppedBytes: text === null || isCut(text) ? null : 0,
  };
};

/** The report with up to 24,000 characters of text. When that call is refused the short text stays: it holds the envelope. */
const withFullText = async (
  context: SsmContext,
  scope: AgentScope,
  { commandId, report }: { readonly commandId: string; readonly report: InstanceReport },
): Promise<InstanceReport> => {
  if (report.text === null || !context.needsFullText(report.text)) return report;
  const client = context.clientFor(scope);
  const input = { CommandId: commandId, InstanceId: report.instanceId };
  const answer = await context.caller.ask({
    what: callName('GetCommandInvocation', scope),
    run: () => client.send(new GetCommandInvocationCommand(input)),
    repeatable: true,
  });
  if (answer.refused) return report;
  const text = joinedText(answer.value);
  return text.length < report.text.length ? report : { ...report, text, droppedBytes: isCut(text) ? null : 0 };
};

/** Reports of the instances of an invocation that SSM knows of: one call for up to 50 of them, one more for each that printed much. */
export const look = async (
  context: SsmContext,
  { agentInvocationId, instanceIds, ...scope }: AgentInvocation,
): Promise<readonly InstanceReport[]> => {
  const wanted = new Set(instanceIds);
  const parts = await pMap(
    splitSentIds(agentInvocationId),
    async (commandId) =>
      (await listInvocations(context, scope, commandId)).map((row) => ({ commandId, report: reportOf(row) })),
    { concurrency: parallelTexts },
  );
  const found = parts.flat().filter(({ report }) => wanted.has(report.instanceId));
  return pMap(found, (one) => withFullText(context, scope, one), { concurrency: parallelTexts });
};
