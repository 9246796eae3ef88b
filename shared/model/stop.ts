/**
 * What is known of a command that an operator had stopped. `confirmed`: its node says that no process of it is left, or that it never started
 * and never will. `running`: its node says that some of it goes on. `unknown`: its node did not say anything in time.
 */
export const stopWords = ['confirmed', 'running', 'unknown'] as const;
export type StopWord = (typeof stopWords)[number];

/** How many nodes have each word; a word without nodes is absent. */
export type StopCounts = Readonly<Partial<Record<StopWord, number>>>;

/** Counts words; what was not stopped has none. */
export const countStops = (words: Iterable<StopWord | null>): StopCounts => {
  const sum: Partial<Record<StopWord, number>> = {};
  for (const word of words) if (word !== null) sum[word] = (sum[word] ?? 0) + 1;
  return sum;
};

/** Adds counts up. */
export const addStops = (counts: readonly (StopCounts | undefined)[]): StopCounts => {
  const sum: Partial<Record<StopWord, number>> = {};
  for (const one of counts)
    for (const word of stopWords) {
      const n = one?.[word] ?? 0;
      if (n > 0) sum[word] = (sum[word] ?? 0) + n;
    }
  return sum;
};
