import { Entity } from 'electrodb';
import { type EndedRun, endedRunSchema } from '#shared/model/ended-run.ts';
import { type EntityTarget, expiry, modelOf, partition, sort, text } from './entity-config.ts';
import { readRecord, type StoredItem } from './stored-record.ts';

/** Runs that have ended: `ended#<month of creation>` / `job#<job>#<run>`. */
export const createEndedRunEntity = (target: EntityTarget) =>
  new Entity(
    {
      model: modelOf('endedRun'),
      attributes: { month: text, jobName: text, runId: text, record: text, expiresAt: expiry },
      indexes: {
        byMonth: {
          pk: { ...partition, composite: ['month'], template: 'ended#${month}' },
          sk: { ...sort, composite: ['jobName', 'runId'], template: 'job#${jobName}#${runId}' },
        },
      },
    },
    target,
  );

/** The key of an ended run. */
const endedRunKey = ({ runId, jobName, createdAt }: Pick<EndedRun, 'runId' | 'jobName' | 'createdAt'>) => ({
  month: createdAt.slice(0, 'YYYY-MM'.length),
  jobName,
  runId,
});

/** The attributes of an ended run. */
export const toEndedRunItem = (run: EndedRun) => ({ ...endedRunKey(run), record: JSON.stringify(run) });

const storedSchema = endedRunSchema.strip();

/** The ended run of a stored item. */
export const fromEndedRunItem = (item: StoredItem & { readonly runId: string }): EndedRun =>
  readRecord(storedSchema, item, `the end of run ${item.runId}`);
