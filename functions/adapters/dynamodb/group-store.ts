import type { RunId } from '#shared/model/ids.ts';
import type { GroupRecord } from '#shared/model/run.ts';
import type { GroupKey, PlanStore } from '#shared/ports/store.ts';
import { fromGroupItem, soakName, toGroupItem } from './group-entity.ts';
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

/** The part of the port that is about groups. */
export type GroupStore = Pick<
  PlanStore,
  'getGroup' | 'createGroup' | 'setTally' | 'updateGroup' | 'setSoak' | 'listGroups'
>;

const nameOf = ({ runId, attempt, groupIndex }: GroupKey): string =>
  `group ${groupIndex}, attempt ${attempt} of run ${runId}`;

const keyOf = ({ runId, attempt, groupIndex }: GroupKey) => ({ runId, attempt, groupIndex });

const getGroup = async (context: StoreContext, key: GroupKey): Promise<GroupRecord | undefined> => {
  const { data } = await io(context.entities.groups.get(keyOf(key)).go(strongRead));
  const item = live(context, data);
  return item && fromGroupItem(item);
};

const createGroup = async (context: StoreContext, group: GroupRecord): Promise<GroupRecord> => {
  const item = { ...toGroupItem(group), ...retention(context) };
  const { rejected } = await io(context.entities.groups.put(item).where(whenAbsent(context)).go(conditionalWrite));
  if (!rejected) return group;
  const stored = await getGroup(context, group);
  if (!stored) throw missing(nameOf(group));
  return stored;
};

type GroupUpdate = ReturnType<StoreContext['entities']['groups']['patch']>;
type GroupChange = Parameters<GroupUpdate['data']>[0];

/** One UpdateItem on a group that must be there; returns the group afterwards. */
const changeGroup = async (context: StoreContext, key: GroupKey, change: GroupChange): Promise<GroupRecord> => {
  const written = await io(context.entities.groups.patch(keyOf(key)).data(change).go(conditionalUpdate));
  if (written.rejected) throw missing(nameOf(key));
  return fromGroupItem(written.data);
};

const setSoak = async (context: StoreContext, key: GroupKey, soak: { stageIndex: number; until: string }) => {
  const name = soakName(soak.stageIndex);
  const group = await changeGroup(context, key, ({ soaks }, { ifNotExists }) => ifNotExists(soaks[name], soak.until));
  return group.soakUntil[soak.stageIndex] ?? soak.until;
};

const updateGroup = (context: StoreContext, key: GroupKey, change: Parameters<GroupStore['updateGroup']>[1]) =>
  changeGroup(context, key, (group, { set }) => {
    if (change.stopped !== undefined) set(group.stopped, change.stopped);
    if (change.stopReason !== undefined) set(group.stopReason, change.stopReason);
    if (change.status !== undefined) set(group.status, change.status);
    if (change.endedAt !== undefined) set(group.endedAt, change.endedAt);
  });

const listGroups = async (context: StoreContext, runId: RunId): Promise<readonly GroupRecord[]> => {
  const { data } = await io(context.entities.groups.query.byRun({ runId }).go(strongQuery));
  return data.filter((item) => isLive(context, item)).map(fromGroupItem);
};

/** Groups in the table. */
export const createGroupStore = (context: StoreContext): GroupStore => ({
  getGroup: (runId, attempt, groupIndex) => getGroup(context, { runId, attempt, groupIndex }),
  createGroup: (group) => createGroup(context, group),
  setTally: (key, batchId, tally) =>
    changeGroup(context, key, (group, { set }) => set(group.tallies[batchId], JSON.stringify(tally))),
  updateGroup: (key, change) => updateGroup(context, key, change),
  setSoak: (key, stageIndex, until) => setSoak(context, key, { stageIndex, until }),
  listGroups: (runId) => listGroups(context, runId),
});
