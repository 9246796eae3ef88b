import { Entity } from 'electrodb';
import { type EntityTarget, expiry, modelOf, ordinal, partition, sort, text } from './entity-config.ts';

/** Names of commands and jobs with their latest change: `library#<kind>` / `name#<name>`. One partition a kind: names are few, and small. */
export const createLibraryNameEntity = (target: EntityTarget) =>
  new Entity(
    {
      model: modelOf('libraryName'),
      attributes: { kind: text, name: text, change: ordinal, record: text, expiresAt: expiry },
      indexes: {
        byKind: {
          pk: { ...partition, composite: ['kind'], template: 'library#${kind}' },
          sk: { ...sort, composite: ['name'], template: 'name#${name}' },
        },
      },
    },
    target,
  );
