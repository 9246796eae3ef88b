import { isAppError } from '#shared/errors/app-error.ts';
import type { Inventory, InventoryReading } from '#shared/ports/services.ts';

/** What was found in a reading. */
export interface Found<T> {
  readonly value: T;
  /** False when something was looked for that the reading does not have. */
  readonly complete: boolean;
}

const attempt = <T>(look: () => Found<T>): Found<T> | undefined => {
  try {
    return look();
  } catch (error) {
    if (isAppError(error, 'plan.no-targets') || isAppError(error, 'plan.no-runner')) return undefined;
    throw error;
  }
};

/**
 * Looks for something in a reading of the clouds that is not older than said. What an earlier reading does not have may have come since: then
 * the clouds are read anew, and that reading decides.
 * @throws AppError `inventory.unavailable`, and what `look` throws
 */
export const overInventory = async <T>(
  inventory: Pick<Inventory, 'list'>,
  maxAgeSeconds: number,
  look: (reading: InventoryReading) => Found<T>,
): Promise<T> => {
  const reading = await inventory.list({ maxAgeSeconds });
  if (reading.fresh) return look(reading).value;
  const found = attempt(() => look(reading));
  if (found?.complete === true) return found.value;
  return look(await inventory.list({ maxAgeSeconds: 0 })).value;
};
