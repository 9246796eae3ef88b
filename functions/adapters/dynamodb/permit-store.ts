import { type RunId, runIdSchema, type SliceId } from '#shared/model/ids.ts';
import { type PermitKey, type PermitRecord, permitRecordSchema } from '#shared/model/lock.ts';
import type { LockStore } from '#shared/ports/lock-store.ts';
import { concurrentCalls, finishBulk } from './bulk.ts';
import { progressKey } from './progress-entity.ts';
import {
  conditionalUpdate,
  conditionalWrite,
  isLive,
  live,
  plainWrite,
  type StoreContext,
  strongQuery,
  strongRead,
  whenAbsent,
} from './store-context.ts';
import { io } from './store-errors.ts';
import { missing } from './stored-record.ts';
import { isDone, keptAsLong, readerOf, versioned } from './versioned-records.ts';

/** The part of the port that is about permits, and runs that may have some. */
export type PermitStore = Pick<
  LockStore,
  | 'getPermit'
  | 'getPermits'
  | 'putPermit'
  | 'listPermits'
  | 'parkPermitToken'
  | 'signalPermit'
  | 'beginPermitLook'
  | 'notePermitUser'
  | 'forgetPermitUser'
  | 'listPermitUsers'
>;

const read = readerOf(permitRecordSchema.strip(), 'a permit');

type ItemKey = ReturnType<typeof progressKey>;
type StoredKey = { readonly runId: string; readonly sliceId: string; readonly batchIndex: number };
const nameOf = ({ runId, sliceId, batchIndex }: StoredKey): string => `${runId} ${sliceId} ${batchIndex}`;

const getPermits = async (context: StoreContext, keys: readonly PermitKey[]): Promise<readonly PermitRecord[]> => {
  const found = new Map<string, PermitRecord>();
  const call = async (wanted: (ItemKey | StoredKey)[]): Promise<readonly StoredKey[]> => {
    const answer = await io(context.entities.permits.get(wanted).go({ ...strongRead, concurrent: concurrentCalls }));
    for (const item of answer.data) if (isLive(context, item)) found.set(nameOf(item), read(item));
    return answer.unprocessed;
  };
  const items = keys.map(progressKey);
  await finishBulk({ items, nameOf, call }, context.pacing);
  return [...new Set(items.map(nameOf))].flatMap((name) => found.get(name) ?? []);
};

/** A new permit is put as a whole; later ones change nothing but the record, so that a parked token stays. */
const putPermit = (context: StoreContext, permit: PermitRecord): Promise<boolean> => {
  const { permits } = context.entities;
  if (permit.version === 1) {
    const item = { ...progressKey(permit), ...versioned(context, permit) };
    return isDone(permits.put(item).where(whenAbsent(context)).go(conditionalWrite));
  }
  const change = permits
    .patch(progressKey(permit))
    .set(versioned(context, permit))
    .where(({ version }, { eq }) => eq(version, permit.version - 1));
  return isDone(change.go(conditionalWrite));
};

const listPermits = async (
  context: StoreContext,
  runId: RunId,
  sliceId?: SliceId,
): Promise<readonly PermitRecord[]> => {
  const key = sliceId === undefined ? { runId } : { runId, sliceId };
  const { data } = await io(context.entities.permits.query.byRun(key).go(strongQuery));
  return data.filter((item) => isLive(context, item)).map(read);
};

const parkToken = async (context: StoreContext, key: PermitKey, token: string) => {
  const written = await io(context.entities.permits.patch(progressKey(key)).set({ token }).go(conditionalUpdate));
  if (written.rejected) throw missing(`the permit of batch ${key.batchId} of run ${key.runId}`);
  return { signalled: written.data.signalled ?? false };
};

const signal = async (context: StoreContext, key: PermitKey): Promise<{ readonly token?: string }> => {
  const change = context.entities.permits.patch(progressKey(key)).set({ signalled: true });
  const written = await io(change.go(conditionalUpdate));
  const token = written.rejected ? undefined : written.data.token;
  return token === undefined ? {} : { token };
};

const beginLook = async (context: StoreContext, key: PermitKey): Promise<void> => {
  const change = context.entities.permits.patch(progressKey(key)).remove(['token']).set({ signalled: false });
  await io(change.go(conditionalWrite));
};

const noteUser = async (context: StoreContext, runId: RunId, gone: boolean): Promise<void> => {
  const expiry = gone ? { expiresAt: Math.floor(context.now() / 1000) } : keptAsLong(context);
  await io(context.entities.lockNames.put({ kind: 'run', name: runId, record: '{}', ...expiry }).go(plainWrite));
};

const listUsers = async (context: StoreContext): Promise<readonly RunId[]> => {
  const { data } = await io(context.entities.lockNames.query.all({ kind: 'run' }).go(strongQuery));
  return data.filter((item) => isLive(context, item)).map(({ name }) => runIdSchema.parse(name));
};

/** Permits in the table. */
export const createPermitStore = (context: StoreContext): PermitStore => ({
  getPermit: async (key) => {
    const { data } = await io(context.entities.permits.get(progressKey(key)).go(strongRead));
    const item = live(context, data);
    return item && read(item);
  },
  getPermits: (keys) => getPermits(context, keys),
  putPermit: (permit) => putPermit(context, permit),
  listPermits: (runId, sliceId) => listPermits(context, runId, sliceId),
  parkPermitToken: (key, token) => parkToken(context, key, token),
  signalPermit: (key) => signal(context, key),
  beginPermitLook: (key) => beginLook(context, key),
  notePermitUser: (runId) => noteUser(context, runId, false),
  forgetPermitUser: (runId) => noteUser(context, runId, true),
  listPermitUsers: () => listUsers(context),
});
