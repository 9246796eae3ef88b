import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '#shared/errors/app-error.ts';
import type { AgentKind } from '#shared/model/node.ts';
import type { Agent, InstanceReport, SendRequest } from '#shared/ports/agent.ts';

/** What a test can make a shell agent do. */
export interface ShellAgentScript {
  /** Instances that the agent refuses. */
  readonly refused?: readonly string[];
  /** Instances whose agent never takes anything. */
  readonly deaf?: readonly string[];
  /** Called before a sending takes effect; throwing is a call that failed before the agent saw it. */
  readonly beforeSend?: (request: SendRequest) => void;
  /** Called after a sending took effect; throwing is an answer that was lost. */
  readonly afterSend?: (request: SendRequest) => void;
}

/** An agent that runs the rendered scripts right here, one folder per instance, and remembers every sending. */
export interface ShellAgent extends Agent {
  readonly sends: SendRequest[];
  /** Resolves when every script that was started has ended. */
  settled(): Promise<void>;
}

export const createShellAgent = (kind: AgentKind, dir: string, script: ShellAgentScript = {}): ShellAgent => {
  const sends: SendRequest[] = [];
  const reports = new Map<string, Map<string, InstanceReport>>();
  const running = new Set<Promise<void>>();
  const start = (request: SendRequest, id: string, instanceId: string): void => {
    const mine = reports.get(id) ?? new Map<string, InstanceReport>();
    reports.set(id, mine);
    const base = {
      instanceId,
      rawStatus: 'Running',
      reason: null,
      exitCode: null,
      startedAt: null,
      endedAt: null,
      text: null,
      droppedBytes: 0,
    };
    if (script.deaf?.includes(instanceId)) {
      mine.set(instanceId, { ...base, state: 'waiting', rawStatus: 'Pending' });
      return;
    }
    mine.set(instanceId, { ...base, state: 'running' });
    const ended = runScript(
      request.script.replaceAll('{{ACS::InstanceId}}', instanceId),
      join(dir, instanceId),
      instanceId,
    ).then(({ code, text }) => {
      mine.set(instanceId, {
        ...base,
        state: code === 0 ? 'succeeded' : 'failed',
        rawStatus: code === 0 ? 'Success' : 'Failed',
        exitCode: code,
        text,
      });
      running.delete(ended);
    });
    running.add(ended);
  };
  return {
    kind,
    limits: { instances: kind === 'aws' ? 50 : 100, scriptBytes: 18_000, textBytes: 16_000 },
    sends,
    settled: async () => {
      while (running.size > 0) await Promise.all(running);
    },
    send: async (request) => {
      script.beforeSend?.(request);
      sends.push(request);
      const taken = request.instanceIds.filter((id) => !script.refused?.includes(id));
      const refusals = request.instanceIds
        .filter((id) => script.refused?.includes(id))
        .map((instanceId) => ({ instanceId, reason: 'not registered', rawStatus: 'InvalidInstanceId' }));
      if (taken.length === 0) return { refusals };
      for (const instanceId of taken) start(request, request.invocationId, instanceId);
      script.afterSend?.(request);
      return { agentInvocationId: request.invocationId, refusals };
    },
    find: async ({ invocationId }) => (reports.has(invocationId) ? invocationId : undefined),
    look: async ({ agentInvocationId, instanceIds }) =>
      [...(reports.get(agentInvocationId)?.values() ?? [])].filter((one) => instanceIds.includes(one.instanceId)),
    cancel: async () => undefined,
    reach: async ({ instanceIds }) => instanceIds.map((instanceId) => ({ instanceId, online: true })),
    pushFile: async () => {
      throw new AppError('agent.refused', 'not in this test');
    },
  };
};

const runScript = (
  script: string,
  home: string,
  instanceId: string,
): Promise<{ readonly code: number; readonly text: string }> => {
  mkdirSync(join(home, 'state'), { recursive: true });
  const child = spawn('sh', ['-c', script], {
    cwd: home,
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      AWS_SSM_INSTANCE_ID: instanceId,
      DROVER_STATE_DIR: join(home, 'state'),
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code: code ?? 137, text }));
  });
};
