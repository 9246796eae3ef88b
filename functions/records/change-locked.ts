import { AppError } from '#shared/errors/app-error.ts';

/** How often a change is decided again when another writer came first; each time somebody got on. */
const maxTries = 40;

/** Where a versioned record is read and written. */
export interface Versioned<T extends { readonly version: number }> {
  read(): Promise<T>;
  /** False when another writer came first. */
  put(record: T): Promise<boolean>;
}

/**
 * Reads a record, decides, and writes what was decided under the next version; decides again when another writer came first. A decision that
 * leaves the record as it is (the same object) writes nothing. Returns the last decision.
 * @throws AppError `store.conflict` when others keep coming first
 */
export const changeLocked = async <T extends { readonly version: number }, D extends { readonly record: T }>(
  { read, put }: Versioned<T>,
  decide: (record: T) => D,
): Promise<D> => {
  for (let tries = 1; tries <= maxTries; tries += 1) {
    const before = await read();
    const decision = decide(before);
    if (decision.record === before) return decision;
    if (await put({ ...decision.record, version: before.version + 1 })) return decision;
  }
  throw new AppError('store.conflict', 'A lock was changed by others each time that it was decided on.', {
    hint: 'Try again: many runs want the same lock at this moment.',
  });
};
