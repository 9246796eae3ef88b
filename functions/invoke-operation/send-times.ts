import { parseDurationMs } from '#shared/model/duration.ts';
import type { Operation } from '#shared/model/operation.ts';
import type { BatchRecord } from '#shared/model/run.ts';
import { fileSeconds } from '#shared/script/search-paths.ts';
import { fetchSeconds } from './deliver-secrets.ts';
import { timeoutSecondsOf } from './render-script.ts';
import { uploadSeconds } from './upload-input.ts';

/** Time for an agent to take an operation: when the inventory says that it answers, and when it says that it does not. */
const deliverySeconds = { online: 120, offline: 30 } as const;

/** What an agent may need beyond delivery and the script's own time before it must have answered. */
const answerGraceSeconds = 180;

/** What a node may take before and after the script at most: secrets and files fetched, output uploaded. */
const aroundScriptSeconds = fetchSeconds + fileSeconds + uploadSeconds;

/** Milliseconds after its sending by which an operation has ended on its nodes, or is given up. */
export const longestMs = (operation: Operation): number => {
  const waitMs = operation.wait === undefined ? 0 : parseDurationMs(operation.wait);
  return Math.max(
    waitMs,
    (deliverySeconds.online + timeoutSecondsOf(operation) + aroundScriptSeconds + answerGraceSeconds) * 1000,
  );
};

/** Time until every node of a batch must have answered: delivery, the script, its upload, and grace. */
export const answerSecondsOf = (batch: BatchRecord, operation: Operation): number =>
  deliverySecondsOf(batch) + timeoutSecondsOf(operation) + uploadSeconds + answerGraceSeconds;

/** Time for the agents of a batch to take it, in seconds. */
export const deliverySecondsOf = ({ online }: BatchRecord): number =>
  online ? deliverySeconds.online : deliverySeconds.offline;
