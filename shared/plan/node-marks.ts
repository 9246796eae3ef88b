import type { NodeMark } from '../model/marks.ts';

/** The try number of marks is above that of any try, so that a mark and a result never have one key. */
export const markTry = (order: number): number => 900_000 + order;

/** The latest of marks; undefined when there is none. */
export const latestMark = (marks: readonly NodeMark[]): NodeMark | undefined =>
  marks.reduce<NodeMark | undefined>((last, mark) => (last && last.order > mark.order ? last : mark), undefined);
