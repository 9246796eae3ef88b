import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { byOperation } from '#shared/client/by-operation.ts';
import { type GroupWithMembers, groupWithMembers } from '#shared/client/group-outputs.ts';
import type { ResultView } from '#shared/contract/run-views.ts';
import { counted } from '#shared/format/counted.ts';
import type { RunId } from '#shared/model/ids.ts';
import { operationResultsQuery, type RunPlace } from '../../api/run-detail-queries.ts';
import { Button } from '../../parts/button.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Empty, Loading } from '../../parts/states.tsx';
import { StatusMark } from '../../parts/status-mark.tsx';
import { type DiffSide, DiffView } from './diff-view.tsx';
import type { OperationPlace } from './operation-places.ts';
import styles from './output.module.css';
import { StreamView } from './stream-view.tsx';

type Equal = GroupWithMembers<ResultView>;

/** Results that are fetched without being asked for. */
const fetchedByItself = 5000;
/** Groups that are drawn at first, and with every more. */
const groupsAtOnce = 20;

const useEqualOutputs = (place: RunPlace, { group, phase, operation }: OperationPlace) => {
  const query = useInfiniteQuery(operationResultsQuery(place, { phase, operation }));
  const { data, hasNextPage, isFetching, fetchNextPage } = query;
  const results = useMemo(
    () => data?.pages.flatMap(({ items }) => items).filter((result) => result.group === group),
    [data, group],
  );
  const count = results?.length ?? 0;
  useEffect(() => {
    if (hasNextPage && !isFetching && count < fetchedByItself) void fetchNextPage();
  }, [hasNextPage, isFetching, count, fetchNextPage]);
  const groups = useMemo(
    () => (results === undefined ? undefined : groupWithMembers(byOperation(results)[0]?.results ?? [])),
    [results],
  );
  return { ...query, groups };
};

const foldedText = (folded: string): string => (folded.length <= 400 ? folded : `${folded.slice(0, 400)}…`);

const EqualGroup = ({
  runId,
  equal: { group, members },
  isChosen,
  onChoose,
  onOpen,
}: {
  readonly runId: RunId;
  readonly equal: Equal;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
  readonly onOpen: (nodeId: string) => void;
}) => {
  const [first] = members;
  if (first === undefined) return null;
  const isSilent = first.stdoutBytes === 0 && first.stderrBytes === 0;
  return (
    <div className={styles['group']}>
      <div className={styles['heading']}>
        <label>
          <input type="checkbox" checked={isChosen} onChange={onChoose} /> compare
        </label>
        <span>{counted(members.length, 'node')}</span>
        <StatusMark status={first.status} />
        {group.exitCode !== null && <span>exit {group.exitCode}</span>}
        <button type="button" className={styles['link']} onClick={() => onOpen(first.nodeId)}>
          {members.length === 1 ? 'its node' : 'one of them'}
        </button>
      </div>
      <p className={styles['nodes']} title={group.folded.length > 400 ? undefined : group.folded}>
        {foldedText(group.folded)}
      </p>
      <StreamView runId={runId} result={first} stream="stdout" wraps />
      <StreamView runId={runId} result={first} stream="stderr" wraps />
      {isSilent && <p className="dim">printed nothing{first.reason !== null && `: ${first.reason}`}</p>}
    </div>
  );
};

/** Of two that are compared the one chosen last is given up for a third. */
const withChoice = (chosen: readonly string[], key: string): readonly string[] =>
  chosen.includes(key) ? chosen.filter((one) => one !== key) : [...chosen.slice(0, 1), key];

const keyOf = ({ members }: Equal): string => members[0]?.resultId ?? '';

const sideOf = (groups: readonly Equal[], key: string | undefined): DiffSide | undefined => {
  const found = groups.find((one) => keyOf(one) === key);
  const result = found?.members[0];
  return found === undefined || result === undefined ? undefined : { name: foldedText(found.group.folded), result };
};

/** What nodes printed in one operation, those that printed the same together; two of these are compared. */
export const EqualOutputs = ({
  place,
  operation,
  onOpen,
}: {
  readonly place: RunPlace;
  readonly operation: OperationPlace;
  readonly onOpen: (nodeId: string) => void;
}) => {
  const { groups, error, refetch, hasNextPage, isFetching, fetchNextPage } = useEqualOutputs(place, operation);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [shown, setShown] = useState(groupsAtOnce);
  if (groups === undefined)
    return error === null ? <Loading what="outputs" /> : <Failure error={error} onRetry={() => void refetch()} />;
  const [from, to] = chosen.map((key) => sideOf(groups, key));
  return (
    <>
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {groups.length === 0 && !isFetching && <Empty>No node has ended this operation yet.</Empty>}
      {from !== undefined && to !== undefined && <DiffView runId={place.runId} from={from} to={to} />}
      {groups.slice(0, shown).map((equal) => (
        <EqualGroup
          key={keyOf(equal)}
          runId={place.runId}
          equal={equal}
          isChosen={chosen.includes(keyOf(equal))}
          onChoose={() => setChosen(withChoice(chosen, keyOf(equal)))}
          onOpen={onOpen}
        />
      ))}
      {(groups.length > shown || hasNextPage) && (
        <p className={styles['foot']}>
          {groups.length > shown && (
            <Button onClick={() => setShown(shown + groupsAtOnce)}>{groups.length - shown} more groups</Button>
          )}{' '}
          {hasNextPage && (
            <Button disabled={isFetching} onClick={() => void fetchNextPage()}>
              {isFetching ? 'More nodes are looked at…' : 'Look at more nodes'}
            </Button>
          )}
        </p>
      )}
    </>
  );
};
