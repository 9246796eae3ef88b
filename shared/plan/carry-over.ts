/** Where operations of one list stand in another, by their ids. */
export interface OperationIds {
  readonly before: readonly string[];
  readonly now: readonly string[];
}

/**
 * The first operation, by index in `now`, that is not done when those of `before` up to `resumeAt` are: operations stay done by their ids. The
 * number of operations when all are done.
 */
export const carriedOver = ({ before, now }: OperationIds, resumeAt: number): number => {
  const done = new Set(before.slice(0, resumeAt));
  const next = now.findIndex((id) => !done.has(id));
  return next < 0 ? now.length : next;
};

/** An operation that is done and would stand behind one that is not; undefined when there is none, and so what is done is a beginning of `now`. */
export const doneBehind = ({ before, now }: OperationIds, resumeAt: number): string | undefined => {
  const done = new Set(before.slice(0, resumeAt));
  return now.slice(carriedOver({ before, now }, resumeAt)).find((id) => done.has(id));
};
