import { createAgentEntity } from './agent-entity.ts';
import { createBatchEntity } from './batch-entity.ts';
import { createClaimEntity } from './claim-entity.ts';
import { createCommandVersionEntity } from './command-version-entity.ts';
import { createEndedRunEntity } from './ended-run-entity.ts';
import type { EntityTarget } from './entity-config.ts';
import { createGroupEntity } from './group-entity.ts';
import { createInvocationEntity } from './invocation-entity.ts';
import { createLibraryChangeEntity } from './library-change-entity.ts';
import { createLibraryNameEntity } from './library-name-entity.ts';
import {
  createBudgetEntity,
  createBudgetUseEntity,
  createLeaseEntity,
  createLockNameEntity,
  createPermitEntity,
  createTurnEntity,
} from './lock-entities.ts';
import { createOpenEntity } from './open-entity.ts';
import { createOutputsEntity } from './outputs-entity.ts';
import { createProgressEntity } from './progress-entity.ts';
import { createRateEntity } from './rate-entity.ts';
import { createReadingEntity } from './reading-entity.ts';
import { createResultEntity } from './result-entity.ts';
import { createRunEntity } from './run-entity.ts';
import { createFiringEntity, createHandledEntity, createScheduleEntity } from './schedule-entities.ts';
import { createSliceEntity } from './slice-entity.ts';
import { createUsageEntity } from './usage-entity.ts';

/** Every kind of item of the table. */
export const createEntities = (target: EntityTarget) => ({
  runs: createRunEntity(target),
  claims: createClaimEntity(target),
  open: createOpenEntity(target),
  groups: createGroupEntity(target),
  slices: createSliceEntity(target),
  batches: createBatchEntity(target),
  progress: createProgressEntity(target),
  invocations: createInvocationEntity(target),
  agents: createAgentEntity(target),
  results: createResultEntity(target),
  outputs: createOutputsEntity(target),
  libraryChanges: createLibraryChangeEntity(target),
  libraryNames: createLibraryNameEntity(target),
  commandVersions: createCommandVersionEntity(target),
  turns: createTurnEntity(target),
  leases: createLeaseEntity(target),
  budgets: createBudgetEntity(target),
  budgetUses: createBudgetUseEntity(target),
  permits: createPermitEntity(target),
  lockNames: createLockNameEntity(target),
  rates: createRateEntity(target),
  usage: createUsageEntity(target),
  endedRuns: createEndedRunEntity(target),
  schedules: createScheduleEntity(target),
  firings: createFiringEntity(target),
  handled: createHandledEntity(target),
  readings: createReadingEntity(target),
});

/** The entities of one table. */
export type Entities = ReturnType<typeof createEntities>;
