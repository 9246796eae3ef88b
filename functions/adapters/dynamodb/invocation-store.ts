import type { BatchId, InvocationId, RunId } from '#shared/model/ids.ts';
import type { InvocationRecord } from '#shared/model/run.ts';
import type { LedgerStore, SentInvocation } from '#shared/ports/store.ts';
import { known } from './entity-config.ts';
import { fromInvocationItem, invocationKey, toInvocationItem } from './invocation-entity.ts';
import {
  conditionalUpdate,
  conditionalWrite,
  isLive,
  live,
  retention,
  type StoreContext,
  strongQuery,
  strongRead,
  whenAbsent,
} from './store-context.ts';
import { io } from './store-errors.ts';
import { missing } from './stored-record.ts';

/** The part of the port that is about invocations, without what happens while they wait. */
export type InvocationStore = Pick<
  LedgerStore,
  'createInvocation' | 'getInvocation' | 'listInvocations' | 'recordSent' | 'updateInvocation'
>;

const getInvocation = async (
  context: StoreContext,
  runId: RunId,
  invocationId: InvocationId,
): Promise<InvocationRecord | undefined> => {
  const { data } = await io(context.entities.invocations.get(invocationKey(runId, invocationId)).go(strongRead));
  const item = live(context, data);
  return item && fromInvocationItem(item);
};

const storedInvocation = async (context: StoreContext, runId: RunId, id: InvocationId): Promise<InvocationRecord> => {
  const stored = await getInvocation(context, runId, id);
  if (!stored) throw missing(`invocation ${id}`);
  return stored;
};

const createInvocation: (
  context: StoreContext,
  invocation: InvocationRecord,
) => ReturnType<InvocationStore['createInvocation']> = async (context, invocation) => {
  const item = { ...toInvocationItem(invocation), ...retention(context) };
  const { rejected } = await io(context.entities.invocations.put(item).where(whenAbsent(context)).go(conditionalWrite));
  if (!rejected) return { invocation, created: true };
  return { invocation: await storedInvocation(context, invocation.runId, invocation.invocationId), created: false };
};

const listInvocations = async (
  context: StoreContext,
  runId: RunId,
  batchId: BatchId,
): Promise<readonly InvocationRecord[]> => {
  const { data } = await io(context.entities.invocations.query.byBatch({ runId, batchId }).go(strongQuery));
  return data.filter((item) => isLive(context, item)).map(fromInvocationItem);
};

const writeAgentPointer = async (context: StoreContext, sent: SentInvocation): Promise<void> => {
  const { agent, agentInvocationId, runId, invocationId } = sent;
  const item = { agent, agentInvocationId, record: JSON.stringify({ runId, invocationId }), ...retention(context) };
  await io(context.entities.agents.put(item).go({ originalErr: true }));
};

/** The first record of the sending holds: a repeated one must not move the deadlines. */
const markSent = async (context: StoreContext, sent: SentInvocation): Promise<InvocationRecord> => {
  const { runId, invocationId, agentInvocationId, sentAt, deliverBy, deadlineAt, secretsBlob } = sent;
  const write = context.entities.invocations
    .patch(invocationKey(runId, invocationId))
    .set({ status: 'sent', agentInvocationId, sentAt, deliverBy, deadlineAt, ...known({ secretsBlob }) })
    .where(({ status }, { eq }) => eq(status, 'sending'))
    .go(conditionalUpdate);
  const written = await io(write);
  return written.rejected ? storedInvocation(context, runId, invocationId) : fromInvocationItem(written.data);
};

/** The way back is there first, so that an event which comes at once finds it. */
const recordSent = async (context: StoreContext, sent: SentInvocation): Promise<InvocationRecord> => {
  await writeAgentPointer(context, sent);
  return markSent(context, sent);
};

const updateInvocation = async (
  context: StoreContext,
  id: { readonly runId: RunId; readonly invocationId: InvocationId },
  change: Parameters<InvocationStore['updateInvocation']>[2],
): Promise<void> => {
  const key = invocationKey(id.runId, id.invocationId);
  const written = await io(context.entities.invocations.patch(key).set(known(change)).go(conditionalWrite));
  if (written.rejected) throw missing(`invocation ${id.invocationId}`);
};

/** Invocations in the table. */
export const createInvocationStore = (context: StoreContext): InvocationStore => ({
  createInvocation: (invocation) => createInvocation(context, invocation),
  getInvocation: (runId, invocationId) => getInvocation(context, runId, invocationId),
  listInvocations: (runId, batchId) => listInvocations(context, runId, batchId),
  recordSent: (sent) => recordSent(context, sent),
  updateInvocation: (runId, invocationId, change) => updateInvocation(context, { runId, invocationId }, change),
});
