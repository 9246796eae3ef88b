import * as z from 'zod';
import { openBlobs, openLibraryBlobs } from '#functions/runtime/blobs.ts';
import { openEngine } from '#functions/runtime/engine.ts';
import { openInventory } from '#functions/runtime/inventory.ts';
import { planningAgents } from '#functions/runtime/planning-agents.ts';
import { openProcessLog, randomIds, systemClock } from '#functions/runtime/process.ts';
import { openSecretChecks } from '#functions/runtime/secret-checks.ts';
import { openStore } from '#functions/runtime/store.ts';
import { openSubmit } from '#functions/runtime/submit.ts';
import { AppError, toAppError } from '#shared/errors/app-error.ts';
import type { FiringStatus } from '#shared/model/schedule.ts';
import { timedFire } from './timed-fire.ts';

/** What EventBridge Scheduler sends: which schedule, and when it was due. */
const callSchema = z.object({ schedule: z.string().min(1), at: z.iso.datetime() });

const open = () => {
  const [log, store] = [openProcessLog(), openStore()];
  const shared = { store, clock: systemClock, ids: randomIds, log };
  const submit = openSubmit({
    ...shared,
    blobs: openBlobs(),
    libraryBlobs: openLibraryBlobs(),
    agents: planningAgents,
    secrets: openSecretChecks(),
    inventory: openInventory(),
    engine: openEngine(),
  });
  return timedFire({ ...shared, submit });
};

let fire: ReturnType<typeof open> | undefined;

/** Timed Fire on Lambda: says what became of the due time. What it throws is called again by Lambda, and goes to the dead letters in the end. */
export const handler = async (event: unknown): Promise<{ readonly status: FiringStatus | 'notDue' }> => {
  const call = callSchema.safeParse(event);
  try {
    if (!call.success)
      throw new AppError('task.invalid-input', 'The call is none of a schedule', { cause: call.error });
    fire ??= open();
    const fired = await fire(call.data);
    return { status: fired?.status ?? 'notDue' };
  } catch (thrown) {
    const error = toAppError(thrown);
    const schedule = call.data?.schedule;
    openProcessLog().error('schedule.fire-failed', { schedule, code: error.code, message: error.message });
    throw error;
  }
};
