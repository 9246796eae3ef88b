/**
 * Positions in a list as a short text: how far each lies behind the one before (the first: from the start), to the base of 36, points in
 * between; a step that comes again at once stands there with how often it comes. So `0.1*31` are the first hundred and ten, 0 to 109.
 */
export const formatPositions = (positions: readonly number[]): string => {
  const runs: { readonly step: number; times: number }[] = [];
  let last = 0;
  for (const position of positions) {
    const step = position - last;
    const run = runs.at(-1);
    if (run?.step === step) run.times += 1;
    else runs.push({ step, times: 1 });
    last = position;
  }
  return runs
    .map(({ step, times }) => (times === 1 ? step.toString(36) : `${step.toString(36)}*${times.toString(36)}`))
    .join('.');
};

/** The positions that {@link formatPositions} wrote; `count` says how many there are at most. */
export const parsePositions = (text: string, count: number): readonly number[] => {
  const positions: number[] = [];
  let last = 0;
  for (const run of text === '' ? [] : text.split('.')) {
    const [step = '', times = '1'] = run.split('*');
    const [by, most] = [Number.parseInt(step, 36), Math.min(Number.parseInt(times, 36), count - positions.length)];
    for (let time = 0; time < most; time += 1) {
      last += by;
      positions.push(last);
    }
  }
  return positions;
};
