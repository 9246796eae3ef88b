import { statusWords } from '#shared/format/status-words.ts';
import { nodeStatuses, type StatusCounts } from '#shared/model/status.ts';
import type { Style } from './style.ts';

/** Counts as a person reads them: `12 succeeded 1 failed`; statuses without nodes, and those in `except`, are left out. */
export const countsText = (
  counts: StatusCounts,
  style: Style,
  except: readonly (typeof nodeStatuses)[number][] = [],
): string =>
  nodeStatuses
    .filter((status) => (counts[status] ?? 0) > 0 && !except.includes(status))
    .map((status) => style.status(status, `${counts[status]} ${statusWords(status)}`))
    .join(' ');
