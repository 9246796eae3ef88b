import type { RunView } from '../contract/run-views.ts';

/** True when somebody had nodes forgotten since the last attempt. */
export const wasReset = ({ marks = [], attempt }: Pick<RunView, 'marks' | 'attempt'>): boolean =>
  marks.some((mark) => mark.kind === 'reset' && mark.attempt === attempt);
