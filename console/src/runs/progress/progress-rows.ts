import type { GroupView, PhaseView, SliceView } from '#shared/contract/run-views.ts';

/** True when the rounds of a phase say more than the phase itself. */
export const hasRounds = ({ slices }: PhaseView): boolean => slices.length > 1 || (slices[0]?.round ?? 0) > 0;

/** What a slice is called: `round 2/4`, and the attempt where there are several. */
export const sliceName = ({ round, rounds, attempt }: SliceView, attempts: number): string => {
  const name = round > 0 ? `round ${round}/${rounds}` : 'all nodes';
  return attempts > 1 ? `${name}, attempt ${attempt}` : name;
};

/** How a group goes through its nodes. */
export const strategyText = ({ strategy, rounds }: GroupView): string => {
  if (strategy === 'oneShot') return 'oneShot';
  return rounds === 0 ? 'grayScale' : `grayScale, ${rounds} rounds`;
};

/** When a phase began and ended, over all its slices: absent before it began, without an end while a slice is open. */
export const phaseTimes = ({ slices }: PhaseView): { readonly from: string; readonly to?: string } | undefined => {
  const from = slices.map(({ openedAt }) => openedAt).toSorted()[0];
  if (from === undefined) return undefined;
  const ends = slices.flatMap(({ closedAt }) => (closedAt === undefined ? [] : [closedAt])).toSorted();
  const to = ends.length === slices.length ? ends.at(-1) : undefined;
  return to === undefined ? { from } : { from, to };
};

/** The group that is most worth a look: the one under way, else one that failed, else the largest that began. */
export const groupToShow = (groups: readonly GroupView[]): string | undefined => {
  const running = groups.find(({ status }) => status === 'running' || status === 'paused');
  const failed = groups.find(({ status }) => status === 'failed' || status === 'aborted');
  const [largest] = groups.toSorted((a, b) => b.nodeCount - a.nodeCount);
  return (running ?? failed ?? largest)?.name;
};
