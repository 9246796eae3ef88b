import type { Level } from 'level';

interface Closing {
  close(): Promise<void>;
}

/**
 * Gives the iterators of level what dynalite 4 ends them by: `return`. They only have `close`, so without this every query would leave an
 * iterator open, and each of those holds on to the version of the database that it was opened on: all that was ever written stays in memory.
 */
export const makeIteratorsClose = (database: Level): void => {
  const prototype = ownerOf('close', database.values());
  if (prototype === undefined || 'return' in prototype) return;
  Object.defineProperty(prototype, 'return', {
    value(this: Closing) {
      return this.close();
    },
  });
};

/** The prototype that brings a method. */
const ownerOf = (method: string, instance: object): object | undefined => {
  for (let at: unknown = instance; typeof at === 'object' && at !== null; at = Object.getPrototypeOf(at))
    if (Object.hasOwn(at, method)) return at;
  return undefined;
};
