import { createHash } from 'node:crypto';
import type { ResultRecord } from '#shared/model/run.ts';

/** What tells one result from another. */
export type ResultKey = Readonly<Record<'runId' | 'batchId' | 'nodeId', string>> &
  Readonly<Record<'operationIndex' | 'tryNumber', number>>;

/** The key of a result as one string. */
export const resultName = ({ runId, batchId, operationIndex, nodeId, tryNumber }: ResultKey): string =>
  `${runId} ${batchId} ${operationIndex} ${nodeId} ${tryNumber}`;

/**
 * Results that one call writes of one operation and try on one batch, together in one item: a write unit of DynamoDB is 1 KB, and a usual result
 * a third of that.
 */
export interface ResultPage {
  readonly key: ResultKey;
  readonly results: readonly ResultRecord[];
}

/** Most bytes of results in a page; a result that is larger has a page of its own. */
const pageBytes = 64 * 1024;

/** A blank comes first in the name of a page, where results that stand alone have the id of their node, in which there is none. */
const pageMark = ' ';

/** True for the key of a page, false for that of a result that stands alone. */
export const isPage = ({ nodeId }: Pick<ResultKey, 'nodeId'>): boolean => nodeId.startsWith(pageMark);

/** Named by its nodes: what is written again takes the place of what was written before. */
const pageOf = (first: ResultRecord, results: readonly ResultRecord[]): ResultPage => {
  const nodes = createHash('sha256').update(results.map(({ nodeId }) => nodeId).join(' '));
  const { runId, batchId, operationIndex, tryNumber } = first;
  const nodeId = `${pageMark}${nodes.digest('hex').slice(0, 16)}`;
  return { key: { runId, batchId, operationIndex, tryNumber, nodeId }, results };
};

const pagesOf = (results: readonly ResultRecord[]): readonly ResultPage[] => {
  const pages: ResultRecord[][] = [];
  let left = 0;
  for (const result of results) {
    const bytes = Buffer.byteLength(JSON.stringify(result));
    const page = pages.at(-1);
    if (page !== undefined && bytes <= left) page.push(result);
    else {
      pages.push([result]);
      left = pageBytes;
    }
    left -= bytes;
  }
  return pages.flatMap((page) => page.slice(0, 1).map((first) => pageOf(first, page)));
};

/** Results by pages. Of results of the same node, operation and try the last one counts. */
export const toPages = (results: readonly ResultRecord[]): readonly ResultPage[] => {
  const last = new Map(results.map((result) => [resultName(result), result] as const));
  const together = Map.groupBy(last.values(), ({ runId, batchId, operationIndex, tryNumber }) =>
    resultName({ runId, batchId, operationIndex, tryNumber, nodeId: '' }),
  );
  return [...together.values()].flatMap(pagesOf);
};

/** A result as it was found. */
export interface FoundResult {
  readonly result: ResultRecord;
  /** True for one that stands alone: a verdict of our own clock, which holds only until the agent has said something. */
  readonly alone: boolean;
}

const isBetter = (one: FoundResult, other: FoundResult): boolean =>
  one.alone === other.alone ? one.result.recordedAt >= other.result.recordedAt : other.alone;

const compare = (one: ResultRecord, other: ResultRecord): number => {
  if (one.operationIndex !== other.operationIndex) return one.operationIndex - other.operationIndex;
  if (one.nodeId !== other.nodeId) return one.nodeId < other.nodeId ? -1 : 1;
  return one.tryNumber - other.tryNumber;
};

/** The results that hold, by operation, node and try: the word of an agent before that of our clock, the later one before the earlier one. */
export const heldResults = (found: readonly FoundResult[]): readonly ResultRecord[] => {
  const held = new Map<string, FoundResult>();
  for (const one of found) {
    const name = resultName(one.result);
    const other = held.get(name);
    if (other === undefined || isBetter(one, other)) held.set(name, one);
  }
  return [...held.values()].map(({ result }) => result).toSorted(compare);
};
