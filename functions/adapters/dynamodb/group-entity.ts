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
        failures: { type: CustomAttributeType<Record<string, number>>('any'), required: true },
        soaks: { type: CustomAttributeType<Record<string, string>>('any'), required: true },
        stopped: { type: 'boolean', required: true },
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
  failures,
  soakUntil,
  stopped,
  status,
  endedAt,
  ...record
}: GroupRecord) => ({
  runId,
  attempt,
  groupIndex,
  failures,
  soaks: Object.fromEntries(Object.entries(soakUntil).map(([stage, until]) => [soakName(stage), until])),
  stopped,
  status,
  ...known({ endedAt }),
  record: JSON.stringify(record),
});

type GroupItem = StoredItem & {
  readonly runId: string;
  readonly attempt: number;
  readonly groupIndex: number;
  readonly soaks: Readonly<Record<string, string>>;
};

const storedSchema = groupRecordSchema.strip();

/** The group of a stored item. */
export const fromGroupItem = ({ soaks, ...item }: GroupItem): GroupRecord => {
  const soakUntil = Object.entries(soaks).map(([name, until]) => [name.slice(soakName('').length), until] as const);
  const withSoaks = { ...item, soakUntil: Object.fromEntries(soakUntil) };
  return readRecord(storedSchema, withSoaks, `group ${item.groupIndex}, attempt ${item.attempt} of run ${item.runId}`);
};
