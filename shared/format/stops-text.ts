import { type StopCounts, type StopWord, stopWords } from '../model/stop.ts';

const words: Readonly<Record<StopWord, string>> = {
  confirmed: 'confirmed stopped',
  running: 'still running',
  unknown: 'unknown',
};

/** What is known of stopped nodes, as a person reads it: `98 confirmed stopped, 2 unknown`; empty when none was stopped. */
export const stopsText = (stops: StopCounts = {}): string =>
  stopWords
    .filter((word) => (stops[word] ?? 0) > 0)
    .map((word) => `${stops[word]} ${words[word]}`)
    .join(', ');

/** One node's word. */
export const stopText = (stop: StopWord | null): string => (stop === null ? '' : words[stop]);
