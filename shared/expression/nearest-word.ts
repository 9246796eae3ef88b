import { distance } from 'fastest-levenshtein';

/**
 * The candidate that a mistyped word most likely meant, or undefined when none is close: at most a third of its letters may differ
 * (two in short words), capitals aside.
 */
export const nearestWord = (word: string, candidates: Iterable<string>): string | undefined => {
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const edits = distance(word.toLowerCase(), candidate.toLowerCase());
    const limit = Math.max(Math.min(2, word.length - 1), Math.floor(candidate.length / 3));
    if (edits > limit || edits >= bestDistance) continue;
    best = candidate;
    bestDistance = edits;
  }
  return best;
};

/** The sentence for a mistyped word, or undefined when nothing is close to it. */
export const didYouMean = (word: string, candidates: Iterable<string>): string | undefined => {
  const nearest = nearestWord(word.slice(0, 128), candidates);
  return nearest === undefined ? undefined : `Did you mean '${nearest}'?`;
};
