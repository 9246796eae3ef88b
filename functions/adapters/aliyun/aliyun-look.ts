import pMap from 'p-map';
import { splitSentIds } from '#functions/adapters/agent/sent-ids.ts';
import type { AgentInvocation, AgentScope, InstanceReport } from '#shared/ports/agent.ts';
import { type AliyunContext, callName, pageSize } from './aliyun-context.ts';
import { timeOf } from './aliyun-instances.ts';
import { stateOf } from './aliyun-statuses.ts';
import type { FileRow, ResultRow } from './ecs-replies.ts';

const parallelParts = 4;

/** Ids of files begin so, ids of commands with `t-` (SendFile and RunCommand references). */
const filePrefix = 'f-';

/** Refusals that mean that the invocation is not known, or not yet everywhere. */
const unknownInvocation: ReadonlySet<string> = new Set(['InvalidInvokeId.NotFound', 'InvalidInvocation.NotFound']);

interface Page<Row> {
  readonly rows: readonly Row[];
  readonly nextToken: string;
}

/** What is read of an invocation, page by page. */
interface Listing<Row> {
  readonly action: string;
  readonly page: (nextToken: string | undefined) => Promise<Page<Row>>;
}

const readAll = async <Row>(
  context: AliyunContext,
  scope: AgentScope,
  { action, page }: Listing<Row>,
): Promise<readonly Row[]> => {
  const rows: Row[] = [];
  let nextToken: string | undefined;
  do {
    const run = page.bind(undefined, nextToken);
    const answer = await context.caller.ask({ what: callName(action, scope), run, repeatable: true });
    if (answer.refused && unknownInvocation.has(answer.code)) return rows;
    if (answer.refused) throw answer.error;
    rows.push(...answer.value.rows);
    nextToken = answer.value.nextToken || undefined;
  } while (nextToken !== undefined);
  return rows;
};

const reasonOf = ({ ErrorCode, ErrorInfo }: Pick<ResultRow, 'ErrorCode' | 'ErrorInfo'>): string | null =>
  [ErrorCode, ErrorInfo].filter((part) => part !== '').join(': ') || null;

const openStates: ReadonlySet<InstanceReport['state']> = new Set(['waiting', 'running']);

/** A row of a file's result in our words; there is no text and no exit code. */
export const fileReport = (row: FileRow): InstanceReport => {
  const state = stateOf(row.InvocationStatus, row.ErrorCode);
  const isEnd = !openStates.has(state);
  return {
    instanceId: row.InstanceId,
    state,
    rawStatus: row.InvocationStatus,
    reason: isEnd ? reasonOf(row) : null,
    exitCode: null,
    startedAt: timeOf(row.StartTime) ?? null,
    endedAt: isEnd ? (timeOf(row.FinishTime) ?? null) : null,
    text: isEnd ? '' : null,
    droppedBytes: isEnd ? 0 : null,
  };
};

/** A row of an invocation's results in our words. A running one shows partial output, which is not read: it may have a hole later. */
export const resultReport = (row: ResultRow): InstanceReport => {
  const report = fileReport({ ...row, FinishTime: row.FinishedTime });
  if (report.text === null) return report;
  return {
    ...report,
    exitCode: report.state === 'succeeded' || report.state === 'failed' ? (row.ExitCode ?? null) : null,
    text: Buffer.from(row.Output, 'base64').toString('utf8'),
    droppedBytes: row.Dropped,
  };
};

const lookAtCommand = async (context: AliyunContext, scope: AgentScope, invokeId: string) => {
  const calls = context.clientFor(scope);
  const rows = await readAll<ResultRow>(context, scope, {
    action: 'DescribeInvocationResults',
    page: async (nextToken) => {
      const { Invocation } = await calls.describeInvocationResults({
        invokeId,
        contentEncoding: 'Base64',
        maxResults: pageSize,
        ...(nextToken === undefined ? {} : { nextToken }),
      });
      return { rows: Invocation.InvocationResults.InvocationResult, nextToken: Invocation.NextToken };
    },
  });
  return rows.map(resultReport);
};

const lookAtFile = async (context: AliyunContext, scope: AgentScope, invokeId: string) => {
  const calls = context.clientFor(scope);
  const rows = await readAll<FileRow>(context, scope, {
    action: 'DescribeSendFileResults',
    page: async (nextToken) => {
      const reply = await calls.describeSendFileResults({
        invokeId,
        maxResults: pageSize,
        ...(nextToken === undefined ? {} : { nextToken }),
      });
      const found = reply.Invocations.Invocation.flatMap(({ InvokeInstances }) => InvokeInstances.InvokeInstance);
      return { rows: found, nextToken: reply.NextToken };
    },
  });
  return rows.map(fileReport);
};

/** Reports of the instances of an invocation, or of a pushed file, that Cloud Assistant knows of: one call for up to 50 of them. */
export const look = async (
  context: AliyunContext,
  { agentInvocationId, instanceIds, ...scope }: AgentInvocation,
): Promise<readonly InstanceReport[]> => {
  const wanted = new Set(instanceIds);
  const reports = await pMap(
    splitSentIds(agentInvocationId),
    (id) => (id.startsWith(filePrefix) ? lookAtFile : lookAtCommand)(context, scope, id),
    { concurrency: parallelParts },
  );
  return reports.flat().filter(({ instanceId }) => wanted.has(instanceId));
};
