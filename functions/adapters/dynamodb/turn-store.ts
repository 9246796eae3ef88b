import { turnRecordSchema } from '#shared/model/lock.ts';
import type { LockStore } from '#shared/ports/lock-store.ts';
import { concurrentCalls, finishBulk } from './bulk.ts';
import {
  conditionalWrite,
  isLive,
  live,
  plainWrite,
  type StoreContext,
  strongQuery,
  strongRead,
  whenNext,
} from './store-context.ts';
import { io } from './store-errors.ts';
import { isDone, keptAsLong, readerOf, versioned } from './versioned-records.ts';

/** The part of the port that is about turns. */
export type TurnStore = Pick<LockStore, 'getTurn' | 'getTurns' | 'putTurn' | 'listTurns'>;

const read = readerOf(turnRecordSchema.strip(), 'a turn');

const getTurns = async (context: StoreContext, keys: readonly string[]) => {
  const found = new Map<string, ReturnType<typeof read>>();
  const call = async (wanted: { readonly key: string }[]) => {
    const answer = await io(context.entities.turns.get(wanted).go({ ...strongRead, concurrent: concurrentCalls }));
    for (const item of answer.data) if (isLive(context, item)) found.set(item.key, read(item));
    return answer.unprocessed;
  };
  await finishBulk({ items: keys.map((key) => ({ key })), nameOf: ({ key }) => key, call }, context.pacing);
  return [...new Set(keys)].flatMap((key) => found.get(key) ?? []);
};

const putTurn = async (context: StoreContext, turn: Parameters<TurnStore['putTurn']>[0]): Promise<boolean> => {
  // The name comes first: a turn that is not listed could not be found by who looks for what is stuck.
  if (turn.version === 1)
    await io(
      context.entities.lockNames
        .put({ kind: 'turn', name: turn.key, record: '{}', ...keptAsLong(context) })
        .go(plainWrite),
    );
  const put = context.entities.turns.put({ key: turn.key, ...versioned(context, turn) });
  return isDone(put.where(whenNext(context, turn.version)).go(conditionalWrite));
};

const listTurns = async (context: StoreContext) => {
  const { data } = await io(context.entities.lockNames.query.all({ kind: 'turn' }).go(strongQuery));
  return getTurns(
    context,
    data.map(({ name }) => name),
  );
};

/** Turns in the table. */
export const createTurnStore = (context: StoreContext): TurnStore => ({
  getTurn: async (key) => {
    const { data } = await io(context.entities.turns.get({ key }).go(strongRead));
    const item = live(context, data);
    return item && read(item);
  },
  getTurns: (keys) => getTurns(context, keys),
  putTurn: (turn) => putTurn(context, turn),
  listTurns: () => listTurns(context),
});
