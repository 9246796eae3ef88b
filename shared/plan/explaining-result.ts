import type { ResultRecord } from '../model/run.ts';
import type { NodeStatus } from '../model/status.ts';

/** The result that explains how a node stands: the last one; of an ignored node the last that did not succeed. `results` are its own, in order. */
export const explainingResult = (status: NodeStatus, results: readonly ResultRecord[]): ResultRecord | undefined =>
  (status === 'ignored' ? results.findLast((one) => one.outcome.status !== 'succeeded') : undefined) ?? results.at(-1);
