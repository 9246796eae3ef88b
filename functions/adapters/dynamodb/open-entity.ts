import { Entity } from 'electrodb';
import { type EntityTarget, expiry, modelOf, ordinal, partition, sort, text } from './entity-config.ts';

/** Attempts that may be open: `open` / `run#<run>#<attempt>`. Few at any time, and each is written twice in its life. */
export const createOpenEntity = (target: EntityTarget) =>
  new Entity(
    {
      model: modelOf('open'),
      attributes: { runId: text, attempt: ordinal, notedAt: text, expiresAt: expiry },
      indexes: {
        all: {
          pk: { ...partition, composite: [], template: 'open' },
          sk: { ...sort, composite: ['runId', 'attempt'], template: 'run#${runId}#${attempt}' },
        },
      },
    },
    target,
  );
