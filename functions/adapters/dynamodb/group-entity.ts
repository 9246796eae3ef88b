import { CustomAttributeType, Entity } from 'electrodb';
import { type GroupRecord, groupRecordSchema } from '#shared/model/run.ts';
import {
  type EntityTarget,
  expiry,
  known,
  modelOf,
  optionalText,
  ordinal,
  partition,
  sort,
  text,
} from './entity-config.ts';
import { readRecord, type StoredItem } from './stored-record.ts';

/** Groups of a run: `run#<run>` / `group#<attempt>#<group>`. */
export const createGroupEntity = (target: EntityTarget) =>
  new Entity(
    {
      model: modelOf('group'),
      attributes: {
        runId: text,
        attempt: ordinal,
        groupIndex: ordinal,
        tallies: { type: CustomAttributeType<Record<string, string>>('any'), required: true },
        soaks: { type: CustomAttributeType<Record<string, string>>('any'), required: true },
        stopped: { type: 'boolean', required: true },
        stopReason: optionalText,
        status: text,
        endedAt: optionalText,
        record: text,
        expiresAt: expiry,
      },
      indexes: {
        byRun: {
          pk: { ...partition, composite: ['runId'], template: 'run#${runId}' },
          sk: { ...sort, composite: ['attempt', 'groupIndex'], template: 'group#${attempt}#${groupIndex}' },
        },
      },
    },
    target,
  );

/** The name of a stage in the stored map of soaks. In an update ElectroDB takes a bare number for a place in a list. */
export const soakName = (stageIndex: number | string): string => `stage${stageIndex}`;

/** The attributes of a group. */
export const toGroupItem = ({
  runId,
  attempt,
  groupIndex,
  tallies,
  soakUntil,
  stopped,
  stopReason,
  status,
  endedAt,
  ...record
}: GroupRecord) => ({
  runId,
  attempt,
  groupIndex,
  tallies: Object.fromEntries(Object.entries(tallies).map(([batchId, tally]) => [batchId, JSON.stringify(tally)])),
  soaks: Object.fromEntries(Object.entries(soakUntil).map(([stage, until]) => [soakName(stage), until])),
  stopped,
  status,
  ...known({ endedAt, stopReason }),
  record: JSON.stringify(record),
});

type GroupItem = StoredItem & {
  readonly runId: string;
  readonly attempt: number;
  readonly groupIndex: number;
  readonly soaks: Readonly<Record<string, string>>;
  readonly tallies: Readonly<Record<string, string>>;
};

const storedSchema = groupRecordSchema.strip();

/** The group of a stored item. */
export const fromGroupItem = ({ soaks, tallies: told, ...item }: GroupItem): GroupRecord => {
  const soakUntil = Object.entries(soaks).map(([name, until]) => [name.slice(soakName('').length), until] as const);
  const tallies = Object.entries(told).map(([batchId, tally]): [string, unknown] => [batchId, JSON.parse(tally)]);
  const record = { ...item, soakUntil: Object.fromEntries(soakUntil), tallies: Object.fromEntries(tallies) };
  return readRecord(storedSchema, record, `group ${item.groupIndex}, attempt ${item.attempt} of run ${item.runId}`);
};
