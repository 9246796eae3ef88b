import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentInvocation, InstanceReport, SendReceipt, SendRequest } from '#shared/ports/agent.ts';
import type { AgentUnderTest } from './open-agent.ts';

/** A sending of a script, with an id of its own. */
export const sending = (
  { scope }: AgentUnderTest,
  instanceIds: readonly string[],
  script: string,
  more: Partial<SendRequest> = {},
): SendRequest => ({
  ...scope,
  invocationId: `t-${randomUUID()}`,
  instanceIds,
  script,
  needsInstanceId: false,
  timeoutSeconds: 30,
  deliveryTimeoutSeconds: 60,
  ...more,
});

/** Names what a sending started. */
export const invocationOf = (
  { scope }: AgentUnderTest,
  receipt: Pick<SendReceipt, 'agentInvocationId'>,
  instanceIds: readonly string[],
): AgentInvocation => ({ ...scope, agentInvocationId: receipt.agentInvocationId ?? '', instanceIds });

const isOpen = ({ state }: InstanceReport): boolean => state === 'waiting' || state === 'running';

/** Looks until a condition holds. */
export const lookUntil = async (
  { agent }: AgentUnderTest,
  invocation: AgentInvocation,
  holds: (reports: readonly InstanceReport[]) => boolean,
): Promise<readonly InstanceReport[]> => {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const reports = await agent.look(invocation);
    if (holds(reports)) return reports;
    if (Date.now() > deadline) throw new Error(`Still ${JSON.stringify(reports.slice(0, 3))} after 30 s`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

/** Looks until every instance is at its end. */
export const ended = (subject: AgentUnderTest, invocation: AgentInvocation): Promise<readonly InstanceReport[]> =>
  lookUntil(
    subject,
    invocation,
    (reports) => reports.length === invocation.instanceIds.length && !reports.some(isOpen),
  );

/** Sends a script to instances that take it, and waits for its end on all of them. */
export const run = async (
  subject: AgentUnderTest,
  instanceIds: readonly string[],
  script: string,
): Promise<readonly InstanceReport[]> =>
  ended(subject, invocationOf(subject, await subject.agent.send(sending(subject, instanceIds, script)), instanceIds));

/** Runs a script on one instance. */
export const runOnOne = async (subject: AgentUnderTest, script: string): Promise<InstanceReport> => {
  const [report] = await run(subject, subject.good.slice(0, 1), script);
  if (report === undefined) throw new Error('The agent reports nothing.');
  return report;
};

/** A script that leaves a line each time it runs, and the lines that it left so far. */
export const countedScript = ({ dir }: AgentUnderTest) => {
  const file = join(dir, `ran-${randomUUID()}`);
  return {
    script: `echo ran >> '${file}'`,
    runs: async (): Promise<number> => (await readFile(file, 'utf8').catch(() => '')).split('\n').length - 1,
  };
};
