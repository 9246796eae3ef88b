import { Entity } from 'electrodb';
import { type CommandVersionRecord, commandVersionRecordSchema } from '#shared/model/library.ts';
import { type EntityTarget, expiry, modelOf, partition, sort, text } from './entity-config.ts';
import { readRecord, type StoredItem } from './stored-record.ts';

/** Versions of commands: `library#command#<name>` / `version#<id>`. They never expire. */
export const createCommandVersionEntity = (target: EntityTarget) =>
  new Entity(
    {
      model: modelOf('commandVersion'),
      attributes: { name: text, version: text, record: text, expiresAt: expiry },
      indexes: {
        byName: {
          pk: { ...partition, composite: ['name'], template: 'library#command#${name}' },
          sk: { ...sort, composite: ['version'], template: 'version#${version}' },
        },
      },
    },
    target,
  );

/** The attributes of a version. */
export const toCommandVersionItem = ({ name, version, ...record }: CommandVersionRecord) => ({
  name,
  version,
  record: JSON.stringify(record),
});

const storedSchema = commandVersionRecordSchema.strip();

/** The version of a stored item. */
export const fromCommandVersionItem = (item: StoredItem & { readonly name: string }): CommandVersionRecord =>
  readRecord(storedSchema, item, `a version of command ${item.name}`);
