import type { RunId } from '#shared/model/ids.ts';
import type { LedgerStore, NodeOutputs, OutputKey } from '#shared/ports/store.ts';
import { concurrentCalls, finishBulk } from './bulk.ts';
import { fromOutputsItem, type OutputsKey, outputsName, toOutputsItem } from './outputs-entity.ts';
import { isLive, plainWrite, retention, type StoreContext, strongRead } from './store-context.ts';
import { io } from './store-errors.ts';

/** The part of the port that is about outputs. */
export type OutputsStore = Pick<LedgerStore, 'putOutputs' | 'getOutputs'>;

const putOutputs = (context: StoreContext, outputs: readonly NodeOutputs[]): Promise<void> =>
  finishBulk(
    {
      items: outputs.map((one) => ({ ...toOutputsItem(one), ...retention(context) })),
      nameOf: (key: OutputsKey) => outputsName(key),
      call: async (items) => {
        const { unprocessed } = await io(
          context.entities.outputs.put(items).go({ ...plainWrite, concurrent: concurrentCalls }),
        );
        return unprocessed;
      },
    },
    context.pacing,
  );

const getOutputs = async (
  context: StoreContext,
  runId: RunId,
  keys: readonly OutputKey[],
): Promise<readonly NodeOutputs[]> => {
  const found = new Map<string, NodeOutputs>();
  const call = async (wanted: OutputsKey[]) => {
    const read = await io(context.entities.outputs.get(wanted).go({ ...strongRead, concurrent: concurrentCalls }));
    for (const item of read.data) if (isLive(context, item)) found.set(outputsName(item), fromOutputsItem(item));
    return read.unprocessed;
  };
  const items = keys.map(({ nodeId, operationId }) => ({ runId, nodeId, operationId }));
  await finishBulk({ items, nameOf: (key: OutputsKey) => outputsName(key), call }, context.pacing);
  return [...new Set(items.map(outputsName))].flatMap((name) => found.get(name) ?? []);
};

/** Outputs in the table. */
export const createOutputsStore = (context: StoreContext): OutputsStore => ({
  putOutputs: (outputs) => putOutputs(context, outputs),
  getOutputs: (runId, keys) => getOutputs(context, runId, keys),
});
