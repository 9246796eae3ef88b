import { Entity } from 'electrodb';
import { type EntityTarget, expiry, modelOf, partition, sort, text } from './entity-config.ts';

/** Shared rate limits: `rate#<agent>#<account>#<region>` / `action#<action>`. */
export const createRateEntity = (target: EntityTarget) =>
  new Entity(
    {
      model: modelOf('rate'),
      attributes: {
        scope: text,
        action: text,
        version: { type: 'number', required: true },
        record: text,
        expiresAt: expiry,
      },
      indexes: {
        byScope: {
          pk: { ...partition, composite: ['scope'], template: 'rate#${scope}' },
          sk: { ...sort, composite: ['action'], template: 'action#${action}' },
        },
      },
    },
    target,
  );
