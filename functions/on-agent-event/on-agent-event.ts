import * as z from 'zod';
import type { AgentKind } from '#shared/model/node.ts';
import type { Engine } from '#shared/ports/services.ts';
import type { LedgerStore } from '#shared/ports/store.ts';
import type { TaskBehaviour } from '#shared/workflow/task-registry.ts';

/** What On Agent Event needs. */
export interface OnAgentEventDeps {
  readonly store: Pick<LedgerStore, 'findByAgentId' | 'signal'>;
  readonly engine: Pick<Engine, 'complete'>;
}

/** EventBridge's "EC2 Command (Invocation) Status-change Notification" of `aws.ssm`, as far as it matters. */
const ssmEventSchema = z.object({
  source: z.literal('aws.ssm'),
  detail: z.object({ 'command-id': z.string(), status: z.string() }),
});

const terminal: ReadonlySet<string> = new Set(['Success', 'Failed', 'TimedOut', 'Cancelled']);

/** What an event is about; undefined for events that say nothing new (not at an end, not ours). */
const subjectOf = (event: unknown): { readonly agent: AgentKind; readonly agentInvocationId: string } | undefined => {
  const ssm = ssmEventSchema.safeParse(event);
  if (!ssm.success || !terminal.has(ssm.data.detail.status)) return undefined;
  return { agent: 'aws', agentInvocationId: ssm.data.detail['command-id'] };
};

/**
 * Wakes the batch that an agent event speaks of. Events are an accelerator only: a lost, late, doubled or foreign one does no harm, since
 * the woken batch asks the agent itself what is true.
 */
export const onAgentEvent =
  (deps: OnAgentEventDeps): TaskBehaviour<'onAgentEvent'> =>
  async (event) => {
    const subject = subjectOf(event);
    if (!subject) return { woken: false };
    const found = await deps.store.findByAgentId(subject.agent, subject.agentInvocationId);
    if (!found) return { woken: false };
    const { token } = await deps.store.signal(found.runId, found.invocationId);
    return { woken: token !== undefined && (await deps.engine.complete(token)) };
  };
