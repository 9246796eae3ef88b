import { AppError } from '#shared/errors/app-error.ts';
import { type RunId, runIdSchema } from '#shared/model/ids.ts';
import type { RunRecord } from '#shared/model/run.ts';
import type { KeyClaim, OpenAttempt, RunAttempt, RunStore } from '#shared/ports/store.ts';
import { fromClaimItem, toClaimItem } from './claim-entity.ts';
import { fromRunItem, toRunItem } from './run-entity.ts';
import { listRuns } from './run-list.ts';
import {
  conditionalWrite,
  expiresIn,
  isLive,
  live,
  plainWrite,
  retention,
  type StoreContext,
  strongQuery,
  strongRead,
  whenAbsent,
} from './store-context.ts';
import { io } from './store-errors.ts';
import { missing } from './stored-record.ts';

const storedRun = async (context: StoreContext, runId: RunId) => {
  const { data } = await io(context.entities.runs.get({ runId }).go(strongRead));
  return live(context, data);
};

const getRun = async (context: StoreContext, runId: RunId): Promise<RunRecord | undefined> => {
  const item = await storedRun(context, runId);
  return item && fromRunItem(item);
};

const createRun = async (context: StoreContext, run: RunRecord): Promise<boolean> => {
  const item = { ...toRunItem(run), ...retention(context) };
  const { rejected } = await io(context.entities.runs.put(item).where(whenAbsent(context)).go(conditionalWrite));
  return !rejected;
};

const replaceRun = async (context: StoreContext, run: RunRecord): Promise<void> => {
  const writeId = context.newWriteId();
  const write = context.entities.runs
    .put({ ...toRunItem(run), writeId, ...retention(context) })
    .where(({ version }, { eq }) => eq(version, run.version - 1))
    .go(conditionalWrite);
  if (!(await io(write)).rejected) return;
  const stored = await storedRun(context, run.runId);
  if (!stored) throw missing(`run ${run.runId}`);
  // The client sent this very write twice, as after an answer that was lost: nobody came between.
  if (stored.writeId === writeId) return;
  throw new AppError('store.conflict', `Run ${run.runId} was changed by somebody else in between.`, {
    hint: 'Read the run again and decide again.',
  });
};

const storedClaim = async (context: StoreContext, { principal, key }: KeyClaim): Promise<KeyClaim | undefined> => {
  const { data } = await io(context.entities.claims.get({ principal, key }).go(strongRead));
  const item = live(context, data);
  return item && fromClaimItem(item);
};

const claimKey = async (context: StoreContext, claim: KeyClaim): Promise<KeyClaim> => {
  const item = { ...toClaimItem(claim), ...expiresIn(context, claim.ttlSeconds) };
  const { rejected } = await io(context.entities.claims.put(item).where(whenAbsent(context)).go(conditionalWrite));
  if (!rejected) return claim;
  const stored = await storedClaim(context, claim);
  if (stored) return stored;
  throw new AppError('store.conflict', `The claim of idempotency key ${claim.key} expired at this moment.`, {
    hint: 'Send the request again.',
  });
};

/** Noted for as long as it takes: a run may wait longer than anything is kept. */
const noteOpen = async (context: StoreContext, { runId, attempt }: RunAttempt): Promise<void> => {
  const notedAt = new Date(context.now()).toISOString();
  await io(context.entities.open.put({ runId, attempt, notedAt }).go(plainWrite));
};

const listOpen = async (context: StoreContext): Promise<readonly OpenAttempt[]> => {
  const { data } = await io(context.entities.open.query.all({}).go(strongQuery));
  return data
    .filter((item) => isLive(context, item))
    .map(({ runId, attempt, notedAt }) => ({ runId: runIdSchema.parse(runId), attempt, notedAt }));
};

const forgetOpen = async (context: StoreContext, { runId, attempt }: RunAttempt): Promise<void> => {
  const gone = { runId, attempt, notedAt: new Date(0).toISOString(), expiresAt: Math.floor(context.now() / 1000) };
  await io(context.entities.open.put(gone).go(plainWrite));
};

/** Runs and idempotency keys in the table. */
export const createRunStore = (context: StoreContext): RunStore => ({
  create: (run) => createRun(context, run),
  get: (runId) => getRun(context, runId),
  replace: (run) => replaceRun(context, run),
  list: (page) => listRuns(context, page),
  claimKey: (claim) => claimKey(context, claim),
  noteOpen: (attempt) => noteOpen(context, attempt),
  listOpen: () => listOpen(context),
  forgetOpen: (attempt) => forgetOpen(context, attempt),
});
