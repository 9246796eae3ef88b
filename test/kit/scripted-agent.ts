import { fenceOf } from '#functions/records/fence-of.ts';
import { AppError } from '#shared/errors/app-error.ts';
import {
  batchIdSchema,
  type InvocationId,
  invocationIdSchema,
  parseSliceId,
  type RunId,
  runIdSchema,
} from '#shared/model/ids.ts';
import type { AgentKind } from '#shared/model/node.ts';
import type { Agent, AgentInvocation, AgentLimits, InstanceReport, SendRequest } from '#shared/ports/agent.ts';
import { fenceName } from '#shared/script/fence.ts';

/** What the wrapper on a node recorded. */
export interface Recorded {
  readonly exit: number;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly outputs?: Readonly<Record<string, string>>;
  /** Bytes of stdout that are not in the text, and what the envelope says of uploads. */
  readonly cutBytes?: number;
  readonly uploads?: string;
}

/** What an agent says when asked: the wrapper's record, its own word alone, or that it knows nothing. */
export type Answer = Recorded | (Partial<InstanceReport> & Pick<InstanceReport, 'state'>) | 'unknown';

/** Which operation on which instance an answer is for. */
export interface Question {
  readonly instanceId: string;
  readonly operation: string;
  readonly attempt: number;
  readonly stageIndex: number;
}

/** How an agent behaves; a test changes it at any time. */
export interface AgentScript {
  answer: (question: Question) => Answer;
  /** Reason why an instance is refused. */
  refuse: (instanceId: string) => string | undefined;
  /** Called before a sending takes effect; throwing is a call that never reached the agent. */
  beforeSend: (request: SendRequest) => void;
  /** Called after a sending took effect; throwing is an answer that was lost. */
  afterSend: (request: SendRequest) => void;
  onCancel: (invocation: AgentInvocation) => Promise<void>;
  limits: AgentLimits;
}

/** Sends everything, and answers that everything succeeded. */
export const obedient = (): AgentScript => ({
  answer: () => ({ exit: 0 }),
  refuse: () => undefined,
  beforeSend: () => undefined,
  afterSend: () => undefined,
  onCancel: async () => undefined,
  limits: { instances: 50, scriptBytes: 18_000, textBytes: 16_000 },
});

/** An agent that runs nothing and says what its script says. It remembers every call. */
export interface ScriptedAgent extends Agent {
  /** Sendings that took effect. */
  readonly sends: SendRequest[];
  readonly finds: string[];
  readonly looks: AgentInvocation[];
  readonly cancels: AgentInvocation[];
}

/** The agent's own id of a sending. */
export const agentIdOf = (invocationId: string): string => `cmd-${invocationId}`;

/** An agent that follows `script`. `operationOf` names the operation of an invocation. */
export const createScriptedAgent = (
  kind: AgentKind,
  script: AgentScript,
  operationOf: (invocationId: InvocationId) => string,
): ScriptedAgent => {
  const calls = { sends: [] as SendRequest[], finds: [] as string[] };
  const asked = { looks: [] as AgentInvocation[], cancels: [] as AgentInvocation[] };
  const report = (agentInvocationId: string, instanceId: string): readonly InstanceReport[] => {
    const sent = calls.sends.find((one) => agentIdOf(one.invocationId) === agentInvocationId);
    if (!sent?.instanceIds.includes(instanceId) || script.refuse(instanceId) !== undefined) return [];
    const invocationId = invocationIdSchema.parse(sent.invocationId);
    const question = { instanceId, operation: operationOf(invocationId), ...placeOf(invocationId) };
    const answer = script.answer(question);
    return answer === 'unknown' ? [] : [reportOf(question, runOf(invocationId), answer)];
  };
  return {
    kind,
    get limits() {
      return script.limits;
    },
    ...calls,
    ...asked,
    send: async (request) => {
      script.beforeSend(request);
      calls.sends.push(request);
      script.afterSend(request);
      const refusals = request.instanceIds.flatMap((instanceId) => {
        const reason = script.refuse(instanceId);
        return reason === undefined ? [] : [{ instanceId, reason, rawStatus: 'InvalidInstanceId' }];
      });
      return refusals.length === request.instanceIds.length
        ? { refusals }
        : { agentInvocationId: agentIdOf(request.invocationId), refusals };
    },
    find: async ({ invocationId }) => {
      calls.finds.push(invocationId);
      return calls.sends.some((one) => one.invocationId === invocationId) ? agentIdOf(invocationId) : undefined;
    },
    look: async (invocation) => {
      asked.looks.push(invocation);
      return invocation.instanceIds.flatMap((id) => report(invocation.agentInvocationId, id));
    },
    cancel: async (invocation) => {
      asked.cancels.push(invocation);
      await script.onCancel(invocation);
    },
    reach: async ({ instanceIds }) => instanceIds.map((instanceId) => ({ instanceId, online: true })),
    pushFile: async () => {
      throw new AppError('agent.refused', 'not in this test');
    },
  };
};

const runOf = (invocationId: InvocationId): RunId => runIdSchema.parse(invocationId.split('.')[0]);

const placeOf = (invocationId: InvocationId): Pick<Question, 'attempt' | 'stageIndex'> => {
  const { attempt, stageIndex } = parseSliceId(batchIdSchema.parse(invocationId.split('.')[1]));
  return { attempt, stageIndex };
};

const reportOf = (question: Question, runId: RunId, answer: Exclude<Answer, 'unknown'>): InstanceReport => {
  const base: InstanceReport = {
    instanceId: question.instanceId,
    state: 'running',
    rawStatus: 'InProgress',
    reason: null,
    exitCode: null,
    startedAt: null,
    endedAt: null,
    text: null,
    droppedBytes: 0,
  };
  if (!('exit' in answer)) return { ...base, ...answer };
  const ended = answer.exit === 0 ? 'succeeded' : 'failed';
  const rawStatus = answer.exit === 0 ? 'Success' : 'Failed';
  return { ...base, state: ended, rawStatus, exitCode: answer.exit, text: envelopeText(question, runId, answer) };
};

/** What the wrapper prints, in 2.25 seconds. */
const envelopeText = (
  { operation, attempt, stageIndex }: Question,
  runId: RunId,
  { exit, stdout = '', stderr = '', outputs = {}, cutBytes = 0, uploads }: Recorded,
): string => {
  const fence = fenceName(
    fenceOf({ run: { runId }, key: { attempt, stageIndex }, operationId: operation, tryNumber: 0 }),
  );
  const bytes = (text: string) => new TextEncoder().encode(text).length;
  const values = Object.entries(outputs).map(([name, value]) => `${name}=${value}%`);
  const kept = values.length === 0 ? '-' : `=${values.join('')}`;
  const sizes = `${bytes(stdout) + cutBytes} ${bytes(stderr)} ${cutBytes} 0`;
  const mark = '=77-12.75=';
  const told = uploads === undefined ? mark : `${uploads} ${mark}`;
  const body = `finished ${fence} e ${exit} 10.50 12.75 - ${sizes} ${told} ${kept} ${exit} .`;
  const gap = cutBytes > 0 ? `\n${mark}g\n` : '';
  return `drover1 new ${body.length} ${body}\n${stdout}${gap}\n${mark}o\n${stderr}\n${mark}e\n`;
};
