import { useInfiniteQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { OutputMatch } from '#shared/contract/run-views.ts';
import { outputSearchQuery, type RunPlace } from '../../api/run-detail-queries.ts';
import { Button } from '../../parts/button.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Empty, Loading } from '../../parts/states.tsx';
import { plainText } from './ansi.ts';
import styles from './output.module.css';

/** What is searched for. */
export interface Search {
  readonly pattern: string;
  readonly ignoreCase: boolean;
}

/** Where a search is written. */
export const SearchForm = ({
  search,
  onSearch,
}: {
  readonly search: Search | undefined;
  readonly onSearch: (search: Search | undefined) => void;
}) => {
  const [pattern, setPattern] = useState(search?.pattern ?? '');
  const [ignoreCase, setIgnoreCase] = useState(search?.ignoreCase ?? false);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onSearch(pattern === '' ? undefined : { pattern, ignoreCase });
  };
  return (
    <form aria-label="Search in outputs" className={styles['bar']} onSubmit={submit}>
      <input
        type="search"
        aria-label="Regular expression"
        placeholder="Search all nodes, line by line: ERROR|FATAL"
        maxLength={1024}
        value={pattern}
        onChange={({ target }) => setPattern(target.value)}
      />
      <label>
        <input type="checkbox" checked={ignoreCase} onChange={({ target }) => setIgnoreCase(target.checked)} /> ignore
        case
      </label>
      <Button type="submit">Search</Button>
      {search !== undefined && (
        <Button
          onClick={() => {
            setPattern('');
            onSearch(undefined);
          }}
        >
          Clear
        </Button>
      )}
    </form>
  );
};

const Match = ({ match, onOpen }: { readonly match: OutputMatch; readonly onOpen: (nodeId: string) => void }) => (
  <li>
    <span>
      <button type="button" className={styles['link']} onClick={() => onOpen(match.nodeId)}>
        {match.name}
      </button>{' '}
      <span className="dim">
        {match.phase}/{match.operation} {match.stream === 'stderr' && 'stderr '}
        {match.line}
      </span>
    </span>
    <pre>{plainText(match.text)}</pre>
  </li>
);

/** Lines that match, in the order of the plan, with the nodes that printed them. */
export const SearchMatches = ({
  place,
  search,
  onOpen,
}: {
  readonly place: RunPlace;
  readonly search: Search;
  readonly onOpen: (nodeId: string) => void;
}) => {
  const query = outputSearchQuery(place, search);
  const { data, error, refetch, hasNextPage, isFetching, fetchNextPage } = useInfiniteQuery(query);
  const matches = data?.pages.flatMap(({ items }) => items);
  if (error !== null) return <Failure error={error} onRetry={() => void refetch()} />;
  if (matches === undefined) return <Loading what="matches" />;
  return (
    <>
      {matches.length === 0 && !hasNextPage && <Empty>No line matches.</Empty>}
      <ul className={styles['matches']} aria-label="Matches">
        {matches.map((match) => (
          <Match key={`${match.resultId} ${match.stream} ${match.offset}`} match={match} onOpen={onOpen} />
        ))}
      </ul>
      <p className={styles['foot']}>
        {matches.length} lines{' '}
        {hasNextPage && (
          <Button disabled={isFetching} onClick={() => void fetchNextPage()}>
            {isFetching ? 'Searching…' : 'Search on'}
          </Button>
        )}
      </p>
    </>
  );
};
