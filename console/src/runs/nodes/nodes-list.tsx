import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import type { NodeRow, RunView } from '#shared/contract/run-views.ts';
import { nodeRowsQuery, type RunPlace } from '../../api/run-detail-queries.ts';
import { Failure } from '../../parts/failure.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Empty, Loading } from '../../parts/states.tsx';
import { placeKey } from '../actions/mark-scopes.ts';
import { phasesOf } from '../actions/retry-terms.ts';
import { ChosenNodes } from './chosen-nodes.tsx';
import { filterQuery, isCalled, type NodeFilters } from './node-filters.ts';
import { NodesFilter } from './nodes-filter.tsx';
import { NodesTable } from './nodes-table.tsx';

/** Most rows that are looked through for a name without anybody scrolling. */
const mostLookedThrough = 50_000;

const toldText = (shown: number, loaded: number, hasMore: boolean): string => {
  const of = shown === loaded ? '' : ` of ${loaded}`;
  return `${shown}${of}${hasMore ? ' so far' : ''}`;
};

const isFiltered = ({ statuses, phase, name }: NodeFilters): boolean =>
  statuses.length > 0 || phase !== undefined || name !== '';

const useRows = (place: RunPlace, filters: NodeFilters) => {
  const query = useInfiniteQuery(nodeRowsQuery(place, filterQuery(filters)));
  const { data, hasNextPage, isFetching, fetchNextPage } = query;
  const loaded = useMemo(() => data?.pages.flatMap(({ items }) => items), [data]);
  const rows = useMemo(() => loaded?.filter((row) => isCalled(row, filters.name)), [loaded, filters.name]);
  const loadedCount = loaded?.length ?? 0;
  const onNearEnd = useCallback(() => {
    if (hasNextPage && !isFetching && loadedCount < mostLookedThrough) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage, loadedCount]);
  return { ...query, rows, onNearEnd, told: toldText(rows?.length ?? 0, loadedCount, hasNextPage) };
};

/** Rows that were ticked, as they stood then; by their keys. */
const useChosen = () => {
  const [chosen, setChosen] = useState<ReadonlyMap<string, NodeRow>>(new Map());
  const toggle = useCallback(
    (row: NodeRow) =>
      setChosen((before) => {
        const next = new Map(before);
        if (!next.delete(placeKey(row))) next.set(placeKey(row), row);
        return next;
      }),
    [],
  );
  const choose = useCallback(
    (rows: readonly NodeRow[]) => setChosen(new Map(rows.map((row) => [placeKey(row), row]))),
    [],
  );
  return { chosen, toggle, choose };
};

/** The nodes of a run in its phases, page by page, and what can be done with chosen ones. */
export const NodesList = ({
  run,
  place,
  filters,
  openNode,
  onFilter,
  onOpen,
}: {
  readonly run: RunView;
  readonly place: RunPlace;
  readonly filters: NodeFilters;
  readonly openNode: string | undefined;
  readonly onFilter: (changes: Readonly<Record<string, string | undefined>>) => void;
  readonly onOpen: (nodeId: string) => void;
}) => {
  const { rows, error, refetch, onNearEnd, told, hasNextPage, isFetching } = useRows(place, filters);
  const { chosen, toggle, choose } = useChosen();
  const keys = useMemo(() => new Set(chosen.keys()), [chosen]);
  return (
    <Panel>
      <NodesFilter filters={filters} phases={phasesOf(run)} told={told} onChange={onFilter} />
      <ChosenNodes run={run} rows={[...chosen.values()]} onAll={() => choose(rows ?? [])} onNone={() => choose([])} />
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {rows === undefined && error === null && <Loading what="nodes" />}
      {rows !== undefined && (rows.length > 0 || hasNextPage) && (
        <NodesTable
          rows={rows}
          chosen={keys}
          openNode={openNode}
          onOpen={onOpen}
          onChoose={toggle}
          onNearEnd={onNearEnd}
        />
      )}
      {rows?.length === 0 && !hasNextPage && !isFetching && (
        <Empty>
          {isFiltered(filters) ? 'No node is like that.' : 'No nodes yet: they are known once their group begins.'}
        </Empty>
      )}
    </Panel>
  );
};
