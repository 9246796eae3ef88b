import type { StopRecord } from '#shared/model/run.ts';
import type { LedgerStore, SentStop } from '#shared/ports/store.ts';
import type { InvocationPointer } from './agent-entity.ts';
import { fromInvocationItem, invocationKey, toStopFields, toStopSentFields } from './invocation-entity.ts';
import { writeAgentPointer } from './invocation-store.ts';
import { conditionalUpdate, live, type StoreContext, strongRead } from './store-context.ts';
import { io } from './store-errors.ts';
import { missing } from './stored-record.ts';

/** The part of the port that ends invocations on their nodes: two more fields of the invocation's own item. */
export type StopStore = Pick<LedgerStore, 'createStop' | 'recordStopSent'>;

const storedStop = async (context: StoreContext, id: InvocationPointer): Promise<StopRecord> => {
  const { data } = await io(context.entities.invocations.get(invocationKey(id.runId, id.invocationId)).go(strongRead));
  const item = live(context, data);
  const stop = item && fromInvocationItem(item).stop;
  if (!stop) throw missing(`a stop of invocation ${id.invocationId}`);
  return stop;
};

const createStop = async (context: StoreContext, id: InvocationPointer, stop: StopRecord) => {
  const write = context.entities.invocations
    .patch(invocationKey(id.runId, id.invocationId))
    .set(toStopFields(stop))
    .where((item, { notExists }) => notExists(item.stop))
    .go(conditionalUpdate);
  const { rejected } = await io(write);
  return rejected ? { stop: await storedStop(context, id), created: false } : { stop, created: true };
};

const recordStopSent = async (context: StoreContext, sent: SentStop): Promise<StopRecord> => {
  const { runId, invocationId, agent, agentInvocationId, sentAt, refusedNodeIds } = sent;
  // The way back is there first, so that an event which comes at once finds it.
  if (agentInvocationId !== undefined)
    await writeAgentPointer(context, { agent, agentInvocationId, runId, invocationId });
  const known = {
    sentAt,
    refusedNodeIds: [...refusedNodeIds],
    ...(agentInvocationId === undefined ? {} : { agentInvocationId }),
  };
  const write = context.entities.invocations
    .patch(invocationKey(runId, invocationId))
    .set(toStopSentFields(known))
    .where((item, { exists, notExists }) => `${exists(item.stop)} AND ${notExists(item.stopSent)}`)
    .go(conditionalUpdate);
  await io(write);
  return storedStop(context, sent);
};

/** Stops in the table. */
export const createStopStore = (context: StoreContext): StopStore => ({
  createStop: (runId, invocationId, stop) => createStop(context, { runId, invocationId }, stop),
  recordStopSent: (sent) => recordStopSent(context, sent),
});
