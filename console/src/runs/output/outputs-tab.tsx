import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import type { RunView } from '#shared/contract/run-views.ts';
import { firstFailureQuery, type RunPlace } from '../../api/run-detail-queries.ts';
import { Panel } from '../../parts/panel.tsx';
import { Empty, Loading } from '../../parts/states.tsx';
import { EqualOutputs } from './equal-outputs.tsx';
import { firstToLookAt, operationPlaces, placeName } from './operation-places.ts';
import styles from './output.module.css';
import { type Search, SearchForm, SearchMatches } from './output-search.tsx';

/** The operation that is looked at: the one in the address, else the first worth a look, which stays the same while the run goes on. */
const useOperation = (run: RunView, place: RunPlace, asked: string | null) => {
  const places = operationPlaces(run);
  const named = places.find((one) => placeName(one) === asked);
  const failure = useQuery({ ...firstFailureQuery(place), enabled: named === undefined });
  const [kept, setKept] = useState<string>();
  const first = failure.isLoading ? undefined : firstToLookAt(run, failure.data);
  const firstName = first === undefined ? undefined : placeName(first);
  useEffect(() => setKept((before) => before ?? firstName), [firstName]);
  const chosen = named ?? places.find((one) => placeName(one) === kept) ?? first;
  return { places, chosen, isLoading: chosen === undefined && failure.isLoading };
};

/** What nodes printed: equal outputs together, and a search over all of them. */
export const OutputsTab = ({
  run,
  place,
  search: address,
  change,
}: {
  readonly run: RunView;
  readonly place: RunPlace;
  readonly search: URLSearchParams;
  readonly change: (changes: Readonly<Record<string, string | undefined>>) => void;
}) => {
  const pattern = address.get('find') ?? '';
  const search = pattern === '' ? undefined : { pattern, ignoreCase: address.get('case') === 'any' };
  const { places, chosen, isLoading } = useOperation(run, place, address.get('operation'));
  const onOpen = useCallback((node: string) => change({ node, tab: undefined }), [change]);
  const onSearch = (next: Search | undefined): void =>
    change({ find: next?.pattern, case: next?.ignoreCase === true ? 'any' : undefined });
  if (isLoading) return <Loading what="outputs" />;
  if (chosen === undefined) return <Empty>There is no operation.</Empty>;
  return (
    <Panel>
      <SearchForm key={pattern} search={search} onSearch={onSearch} />
      {search !== undefined && (
        <SearchMatches key={`${pattern} ${search.ignoreCase}`} place={place} search={search} onOpen={onOpen} />
      )}
      {search === undefined && (
        <>
          <div className={styles['bar']}>
            <label>
              Operation{' '}
              <select value={placeName(chosen)} onChange={({ target }) => change({ operation: target.value })}>
                {places.map((one) => (
                  <option key={placeName(one)}>{placeName(one)}</option>
                ))}
              </select>
            </label>
            <span className="dim">Nodes that printed the same are together. Tick two to compare them.</span>
          </div>
          <EqualOutputs key={placeName(chosen)} place={place} operation={chosen} onOpen={onOpen} />
        </>
      )}
    </Panel>
  );
};
