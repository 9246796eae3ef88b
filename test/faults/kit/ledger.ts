import type { System } from '#functions/runtime/system.ts';
import type { RunMap } from '#shared/contract/map-views.ts';
import type { NodeRow, ResultView, RunView } from '#shared/contract/run-views.ts';
import type { RunId } from '#shared/model/ids.ts';
import type { Page } from '#shared/ports/store.ts';

/** Everything that is known of a run, as its readers get it. */
export interface Ledger {
  readonly view: RunView;
  readonly rows: readonly NodeRow[];
  readonly map: RunMap;
  readonly results: readonly ResultView[];
}

const allOf = async <T>(read: (cursor: string | undefined) => Promise<Page<T>>): Promise<readonly T[]> => {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await read(cursor);
    items.push(...page.items);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return items;
};

/** Reads the ledger of a run to its last page. */
export const readLedger = async (services: System['services'], runId: RunId): Promise<Ledger> => {
  const page = (cursor: string | undefined) => ({ limit: 1000, ...(cursor === undefined ? {} : { cursor }) });
  const [view, rows, map, results] = await Promise.all([
    services.viewRun(runId),
    allOf((cursor) => services.listNodeRows(runId, page(cursor))),
    services.viewRunMap(runId),
    allOf((cursor) => services.listResults(runId, page(cursor))),
  ]);
  return { view, rows, map, results };
};

/**
 * What no run has in common with another one of the same job, beside its id and times: the agents' ids, how long it took, whether a node
 * answered a second arrival from its record, digests of the job, which names the file that its nodes write to, what the
 * lists of its nodes are called, and what it used: work that is
 * done again after a crash is paid again. All else has to be the same.
 */
const ownToARun: ReadonlySet<string> = new Set([
  'agentInvocationId',
  'durationMs',
  'replayed',
  'digest',
  'planDigest',
  'lists',
  'usage',
  'cost',
]);

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;

/** The ledger without what is own to a run, as plain data. */
export const comparable = (ledger: Ledger, runId: RunId): unknown =>
  JSON.parse(
    JSON.stringify(ledger, (name, value) => {
      if (ownToARun.has(name)) return undefined;
      return typeof value === 'string' && time.test(value) ? 'TIME' : value;
    }).replaceAll(runId, 'RUN'),
  );

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const short = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 300);

/** Where two values differ, place by place. */
export const differences = (wanted: unknown, found: unknown, place = ''): readonly string[] => {
  if (isObject(wanted) && isObject(found)) {
    const names = new Set([...Object.keys(wanted), ...Object.keys(found)]);
    return [...names].flatMap((name) => differences(wanted[name], found[name], `${place}/${name}`));
  }
  return Object.is(wanted, found) ? [] : [`${place} is ${short(found)}, without the fault ${short(wanted)}`];
};
