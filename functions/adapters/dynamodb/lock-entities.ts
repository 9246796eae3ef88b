import { Entity } from 'electrodb';
import { type EntityTarget, expiry, modelOf, optionalText, ordinal, partition, sort, text } from './entity-config.ts';

const version = { type: 'number', required: true } as const;

/** Who goes on under a key: `turn#<key>` / `turn`. */
export const createTurnEntity = (target: EntityTarget) =>
  new Entity(
    {
      model: modelOf('turn'),
      attributes: { key: text, version, record: text, expiresAt: expiry },
      indexes: {
        byKey: {
          pk: { ...partition, composite: ['key'], template: 'turn#${key}' },
          sk: { ...sort, composite: [], template: 'turn' },
        },
      },
    },
    target,
  );

/** Who uses a node alone: `lease#<node>` / `lease`. */
export const createLeaseEntity = (target: EntityTarget) =>
  new Entity(
    {
      model: modelOf('lease'),
      attributes: { nodeId: text, version, record: text, expiresAt: expiry },
      indexes: {
        byNode: {
          pk: { ...partition, composite: ['nodeId'], template: 'lease#${nodeId}' },
          sk: { ...sort, composite: [], template: 'lease' },
        },
      },
    },
    target,
  );

/** Disruption budgets: `budgets` / `budget#<name>`. There are few, and they seldom change. */
export const createBudgetEntity = (target: EntityTarget) =>
  new Entity(
    {
      model: modelOf('budget'),
      attributes: { name: text, version, record: text, expiresAt: expiry },
      indexes: {
        byName: {
          pk: { ...partition, composite: [], template: 'budgets' },
          sk: { ...sort, composite: ['name'], template: 'budget#${name}' },
        },
      },
    },
    target,
  );

/** Who uses a disruption budget: `use#<budget>` / `use`. */
export const createBudgetUseEntity = (target: EntityTarget) =>
  new Entity(
    {
      model: modelOf('use'),
      attributes: { name: text, version, record: text, expiresAt: expiry },
      indexes: {
        byName: {
          pk: { ...partition, composite: ['name'], template: 'use#${name}' },
          sk: { ...sort, composite: [], template: 'use' },
        },
      },
    },
    target,
  );

/** Permits of a run: `permits#<run>` / `permit#<slice>#<batch>`. Token and signal are apart: they change without a decision. */
export const createPermitEntity = (target: EntityTarget) =>
  new Entity(
    {
      model: modelOf('permit'),
      attributes: {
        runId: text,
        sliceId: text,
        batchIndex: ordinal,
        version,
        token: optionalText,
        signalled: { type: 'boolean' },
        record: text,
        expiresAt: expiry,
      },
      indexes: {
        byRun: {
          pk: { ...partition, composite: ['runId'], template: 'permits#${runId}' },
          sk: { ...sort, composite: ['sliceId', 'batchIndex'], template: 'permit#${sliceId}#${batchIndex}' },
        },
      },
    },
    target,
  );

/** What there is to list: `locks` / `turn#<key>` and `locks` / `run#<run>`. Written when a key or a run first needs it. */
export const createLockNameEntity = (target: EntityTarget) =>
  new Entity(
    {
      model: modelOf('lock'),
      attributes: {
        kind: { type: ['turn', 'run'] as const, required: true },
        name: text,
        record: text,
        expiresAt: expiry,
      },
      indexes: {
        all: {
          pk: { ...partition, composite: [], template: 'locks' },
          sk: { ...sort, composite: ['kind', 'name'], template: '${kind}#${name}' },
        },
      },
    },
    target,
  );
