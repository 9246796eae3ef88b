import { CustomAttributeType, Entity } from 'electrodb';
import { parseSliceId } from '#shared/model/ids.ts';
import { type SliceRecord, sliceRecordSchema } from '#shared/model/run.ts';
import type { StatusCounts } from '#shared/model/status.ts';
import type { StopCounts } from '#shared/model/stop.ts';
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

/** Slices of a run: `run#<run>` / `slice#<attempt>#<group>#<stage>#<phase>#<pass>`. */
export const createSliceEntity = (target: EntityTarget) =>
  new Entity(
    {
      model: modelOf('slice'),
      attributes: {
        runId: text,
        attempt: ordinal,
        groupIndex: ordinal,
        stageIndex: ordinal,
        phaseIndex: ordinal,
        pass: ordinal,
        status: text,
        counts: { type: CustomAttributeType<StatusCounts>('any'), required: true },
        stops: { type: CustomAttributeType<StopCounts>('any') },
        closedAt: optionalText,
        record: text,
        expiresAt: expiry,
      },
      indexes: {
        byRun: {
          pk: { ...partition, composite: ['runId'], template: 'run#${runId}' },
          sk: {
            ...sort,
            composite: ['attempt', 'groupIndex', 'stageIndex', 'phaseIndex', 'pass'],
            template: 'slice#${attempt}#${groupIndex}#${stageIndex}#${phaseIndex}#${pass}',
          },
        },
      },
    },
    target,
  );

/** The key of a slice. */
export const sliceKey = ({ runId, sliceId }: Pick<SliceRecord, 'runId' | 'sliceId'>) => ({
  runId,
  ...parseSliceId(sliceId),
});

/** The attributes of a slice. */
export const toSliceItem = ({ status, counts, stops, closedAt, ...record }: SliceRecord) => ({
  ...sliceKey(record),
  status,
  counts,
  ...(stops === undefined ? {} : { stops }),
  ...known({ closedAt }),
  record: JSON.stringify(record),
});

const storedSchema = sliceRecordSchema.strip();

/** The slice of a stored item. */
export const fromSliceItem = (item: StoredItem & { readonly runId: string }): SliceRecord =>
  readRecord(storedSchema, item, `a slice of run ${item.runId}`);
