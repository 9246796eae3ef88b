import { Entity } from 'electrodb';
import { type LibraryChange, libraryChangeSchema } from '#shared/model/library.ts';
import { type EntityTarget, expiry, modelOf, ordinal, partition, sort, text } from './entity-config.ts';
import { readRecord, type StoredItem } from './stored-record.ts';

/** Changes of commands and jobs: `library#<kind>#<name>` / `change#<number>`. They never expire. */
export const createLibraryChangeEntity = (target: EntityTarget) =>
  new Entity(
    {
      model: modelOf('libraryChange'),
      attributes: { kind: text, name: text, change: ordinal, record: text, expiresAt: expiry },
      indexes: {
        byName: {
          pk: { ...partition, composite: ['kind', 'name'], template: 'library#${kind}#${name}' },
          sk: { ...sort, composite: ['change'], template: 'change#${change}' },
        },
      },
    },
    target,
  );

/** The attributes of a change. */
export const toLibraryChangeItem = ({ kind, name, change, ...record }: LibraryChange) => ({
  kind,
  name,
  change,
  record: JSON.stringify(record),
});

const storedSchema = libraryChangeSchema.strip();

/** The change of a stored item. */
export const fromLibraryChangeItem = (item: StoredItem & Record<'kind' | 'name', string>): LibraryChange =>
  readRecord(storedSchema, item, `a change of ${item.kind} ${item.name}`);
