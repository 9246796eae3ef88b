import { Entity } from 'electrodb';
import { type EntityTarget, expiry, modelOf, partition, sort, text } from './entity-config.ts';

/** The latest reading of the clouds: `inventory` / `reading#<source>`. */
export const createReadingEntity = (target: EntityTarget) =>
  new Entity(
    {
      model: modelOf('reading'),
      attributes: { source: text, id: text, readAt: text, expiresAt: expiry },
      indexes: {
        bySource: {
          pk: { ...partition, composite: [], template: 'inventory' },
          sk: { ...sort, composite: ['source'], template: 'reading#${source}' },
        },
      },
    },
    target,
  );
