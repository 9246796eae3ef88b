import { Entity } from 'electrodb';
import { type EntityTarget, expiry, modelOf, partition, sort, text } from './entity-config.ts';

/** Schedules: `schedules` / `schedule#<name>`. There are few, and they seldom change. */
export const createScheduleEntity = (target: EntityTarget) =>
  new Entity(
    {
      model: modelOf('schedule'),
      attributes: { name: text, version: { type: 'number', required: true }, record: text, expiresAt: expiry },
      indexes: {
        byName: {
          pk: { ...partition, composite: [], template: 'schedules' },
          sk: { ...sort, composite: ['name'], template: 'schedule#${name}' },
        },
      },
    },
    target,
  );

/** What became of due times: `schedule#<name>` / `firing#<due time>`. */
export const createFiringEntity = (target: EntityTarget) =>
  new Entity(
    {
      model: modelOf('firing'),
      attributes: { schedule: text, dueAt: text, status: text, record: text, expiresAt: expiry },
      indexes: {
        byDueTime: {
          pk: { ...partition, composite: ['schedule'], template: 'schedule#${schedule}' },
          sk: { ...sort, composite: ['dueAt'], template: 'firing#${dueAt}' },
        },
      },
    },
    target,
  );

/** Up to when due times have their records: `schedule#<name>` / `handled`. */
export const createHandledEntity = (target: EntityTarget) =>
  new Entity(
    {
      model: modelOf('handled'),
      attributes: { schedule: text, until: text, record: text, expiresAt: expiry },
      indexes: {
        bySchedule: {
          pk: { ...partition, composite: ['schedule'], template: 'schedule#${schedule}' },
          sk: { ...sort, composite: [], template: 'handled' },
        },
      },
    },
    target,
  );
