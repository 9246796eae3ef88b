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

/** How many rounds there were, or, without rounds, how many attempts came to the phase. */
export const slicesText = ({ slices }: PhaseView): string => {
  const rounds = new Set(slices.flatMap(({ round }) => (round > 0 ? [round] : []))).size;
  const attempts = new Set(slices.map(({ attempt }) => attempt)).size;
  const [count, word] = rounds > 0 ? [rounds, 'round'] : attempts > 1 ? [attempts, 'attempt'] : [slices.length, 'pass'];
  if (count === 1) return `1 ${word}`;
  return word === 'pass' ? `${count} passes` : `${count} ${word}s`;
};

/** When the last attempt that came to a phase began and ended there: absent before it began, without an end while a slice is open. */
export const phaseTimes = ({
  slices: all,
}: Pick<PhaseView, 'slices'>): { readonly from: string; readonly to?: string } | undefined => {
  const latest = Math.max(...all.map(({ attempt }) => attempt));
  const slices = all.filter(({ attempt }) => attempt === latest);
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
