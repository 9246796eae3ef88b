import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef } from 'react';
import { useParams, useSearchParams } from 'react-router';
import type { RunView } from '#shared/contract/run-views.ts';
import { statusWords } from '#shared/format/status-words.ts';
import { type RunId, runIdSchema } from '#shared/model/ids.ts';
import type { RunStatus } from '#shared/model/status.ts';
import { useApi } from '../api/api-context.ts';
import { changingQueries, type RunPlace } from '../api/run-detail-queries.ts';
import { runQuery } from '../api/run-queries.ts';
import { Button } from '../parts/button.tsx';
import { Failure } from '../parts/failure.tsx';
import { Empty, Loading } from '../parts/states.tsx';
import { statusSign } from '../parts/status-looks.ts';
import { Gates } from './gates/gates.tsx';
import { MapPanel } from './map/map-panel.tsx';
import { readFilters, toggled, withParams } from './nodes/node-filters.ts';
import { type PhasePlace, ProgressPanel } from './progress/progress-panel.tsx';
import { groupToShow } from './progress/progress-rows.ts';
import { RunHead } from './run-head.tsx';
import { RunNotices } from './run-notices.tsx';
import styles from './run-screen.module.css';
import { RunTabs } from './run-tabs.tsx';

/** The address of the screen, and a way to change it that is always the same function. */
const useAddress = () => {
  const [search, setSearch] = useSearchParams();
  const latest = useRef({ search, setSearch });
  useEffect(() => {
    latest.current = { search, setSearch };
  });
  const change = useCallback((changes: Readonly<Record<string, string | undefined>>): void => {
    const now = latest.current;
    now.setSearch(withParams(now.search, changes), { replace: true, preventScrollReset: true });
  }, []);
  return { search, change };
};

/** The title of the window says how the run stands, for those who have several open. */
const useTitle = (run: RunView | undefined): void => {
  const title = run === undefined ? 'Drover' : `${statusSign(run.status)} ${run.job.name}: ${statusWords(run.status)}`;
  useEffect(() => {
    document.title = title;
    return () => {
      document.title = 'Drover';
    };
  }, [title]);
};

/** Asks once more for what is followed, when the run has come to its end or goes on from there. */
const useLastLook = (runId: RunId, status: RunStatus | undefined): void => {
  const cache = useQueryClient();
  const before = useRef(status);
  useEffect(() => {
    if (before.current !== undefined && before.current !== status) void cache.invalidateQueries(changingQueries(runId));
    before.current = status;
  }, [cache, runId, status]);
};

const attemptIn = (search: URLSearchParams): number | undefined => {
  const attempt = Number(search.get('attempt') ?? Number.NaN);
  return Number.isInteger(attempt) && attempt > 0 ? attempt : undefined;
};

const nodeCountOf = ({ groups }: RunView): number => groups.reduce((sum, { nodeCount }) => sum + nodeCount, 0);

const OneAttempt = ({ attempt, onAll }: { readonly attempt: number; readonly onAll: () => void }) => (
  <div className={styles['attempt']} role="status">
    What attempt {attempt} did, and nothing of others.
    <Button onClick={onAll}>How the run stands after all of them</Button>
  </div>
);

/** Progress, map and tabs of a run, or of one of its attempts. */
const RunParts = ({ run, place }: { readonly run: RunView; readonly place: RunPlace }) => {
  const { search, change } = useAddress();
  const of = useQuery({ ...runQuery(place.client, place.runId, place.attempt), enabled: place.attempt !== undefined });
  const view = place.attempt === undefined ? run : of.data;
  const filters = readFilters(search);
  const node = search.get('node') ?? undefined;
  const onShow = useCallback(({ group, phase }: PhasePlace) => change({ group, phase }), [change]);
  const onChoose = useCallback((id: string) => change({ node: id, tab: undefined }), [change]);
  if (of.error !== null) return <Failure error={of.error} onRetry={() => void of.refetch()} />;
  if (view === undefined) return <Loading what="the attempt" />;
  const shown = { group: search.get('group') ?? groupToShow(view.groups) ?? '', phase: filters.phase };
  return (
    <>
      <ProgressPanel run={view} shown={shown} onShow={onShow} />
      <MapPanel
        place={place}
        shown={shown}
        statuses={filters.statuses}
        node={node}
        onShow={onShow}
        onToggle={(status) => change({ status: toggled(filters.statuses, status).join(',') })}
        onChoose={onChoose}
      />
      <RunTabs run={run} place={place} search={search} change={change} />
    </>
  );
};

const RunOfId = ({ runId }: { readonly runId: RunId }) => {
  const { client } = useApi();
  const { search, change } = useAddress();
  const { data: run, error, refetch } = useQuery(runQuery(client, runId));
  const attempt = attemptIn(search);
  useLastLook(runId, run?.status);
  useTitle(run);
  if (run === undefined)
    return error === null ? <Loading what="the run" /> : <Failure error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <RunHead run={run} />
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      <RunNotices run={run} />
      <Gates run={run} />
      {attempt !== undefined && <OneAttempt attempt={attempt} onAll={() => change({ attempt: undefined })} />}
      <RunParts run={run} place={{ client, runId, attempt, status: run.status, nodeCount: nodeCountOf(run) }} />
    </>
  );
};

/** A run: how it stands, what can be done with it, what happened on its nodes. */
export const RunScreen = () => {
  const { runId: text } = useParams();
  const runId = runIdSchema.safeParse(text);
  return runId.success ? (
    <RunOfId key={runId.data} runId={runId.data} />
  ) : (
    <Empty>{text} is not a run id: these are 26 letters and digits.</Empty>
  );
};
