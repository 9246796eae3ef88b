import type { InvocationId, RunId } from '#shared/model/ids.ts';
import type { AgentKind } from '#shared/model/node.ts';
import type { InvocationRecord } from '#shared/model/run.ts';
import type { LedgerStore, SignalResult } from '#shared/ports/store.ts';
import { fromAgentItem, type InvocationPointer } from './agent-entity.ts';
import { fromInvocationItem, invocationKey } from './invocation-entity.ts';
import { conditionalUpdate, live, type StoreContext, strongRead } from './store-context.ts';
import { io } from './store-errors.ts';
import { missing } from './stored-record.ts';

/**
 * The part of the port that wakes a waiting invocation. Park, signal and look are one UpdateItem of one item each, so they happen one after
 * another, and each sees what those before it did:
 *
 * - park, then signal: the signal finds the token and completes it.
 * - signal, then park: parking finds the signal and completes its own token.
 * - signal during a look (no token is parked): it stays noted, and the next park finds it.
 * - signal before a look: the look forgets it, and asks the agent after that, so it sees whatever the signal was about.
 */
export type WakeUpStore = Pick<LedgerStore, 'findByAgentId' | 'parkToken' | 'signal' | 'beginLook'>;

const invocationOf = (context: StoreContext, runId: RunId, invocationId: InvocationId) =>
  context.entities.invocations.patch(invocationKey(runId, invocationId));

const parkToken = async (context: StoreContext, id: InvocationPointer, token: string) => {
  const written = await io(invocationOf(context, id.runId, id.invocationId).set({ token }).go(conditionalUpdate));
  if (written.rejected) throw missing(`invocation ${id.invocationId}`);
  return { signalled: written.data.signalled };
};

const signal = async (context: StoreContext, { runId, invocationId }: InvocationPointer): Promise<SignalResult> => {
  const written = await io(invocationOf(context, runId, invocationId).set({ signalled: true }).go(conditionalUpdate));
  const token = written.rejected ? undefined : written.data.token;
  return token === undefined ? {} : { token };
};

const beginLook = async (
  context: StoreContext,
  { runId, invocationId }: InvocationPointer,
): Promise<InvocationRecord> => {
  const look = invocationOf(context, runId, invocationId).remove(['token']).set({ signalled: false }).add({ looks: 1 });
  const written = await io(look.go(conditionalUpdate));
  if (written.rejected) throw missing(`invocation ${invocationId}`);
  return fromInvocationItem(written.data);
};

const findByAgentId = async (
  context: StoreContext,
  agent: AgentKind,
  agentInvocationId: string,
): Promise<InvocationPointer | undefined> => {
  const { data } = await io(context.entities.agents.get({ agent, agentInvocationId }).go(strongRead));
  const item = live(context, data);
  return item && fromAgentItem(item);
};

/** Tokens and signals in the table. */
export const createWakeUpStore = (context: StoreContext): WakeUpStore => ({
  findByAgentId: (agent, agentInvocationId) => findByAgentId(context, agent, agentInvocationId),
  parkToken: (runId, invocationId, token) => parkToken(context, { runId, invocationId }, token),
  signal: (runId, invocationId) => signal(context, { runId, invocationId }),
  beginLook: (runId, invocationId) => beginLook(context, { runId, invocationId }),
});
