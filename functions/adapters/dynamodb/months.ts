/** A month, `YYYY-MM`. */
export type Month = string;

/** The month of an instant, UTC. */
export const monthOf = (epochMs: number): Month => new Date(epochMs).toISOString().slice(0, 'YYYY-MM'.length);

/** A month and those before it, newest first. */
export const monthsBack = (from: Month, count: number): readonly Month[] => {
  const [year = 0, month = 1] = from.split('-').map(Number);
  return Array.from({ length: count }, (_, back) => monthOf(Date.UTC(year, month - 1 - back)));
};
