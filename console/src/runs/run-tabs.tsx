import { useCallback } from 'react';
import type { RunView } from '#shared/contract/run-views.ts';
import type { RunPlace } from '../api/run-detail-queries.ts';
import { AboutTab } from './about/about-tab.tsx';
import { readFilters } from './nodes/node-filters.ts';
import { NodePanel } from './nodes/node-panel.tsx';
import styles from './nodes/nodes.module.css';
import { NodesList } from './nodes/nodes-list.tsx';
import { OutputsTab } from './output/outputs-tab.tsx';
import tabStyles from './run-screen.module.css';

const tabs = [
  { id: 'nodes', name: 'Nodes' },
  { id: 'outputs', name: 'Outputs' },
  { id: 'about', name: 'Attempts and job' },
] as const;

interface RunTabsProps {
  readonly run: RunView;
  readonly place: RunPlace;
  readonly search: URLSearchParams;
  readonly change: (changes: Readonly<Record<string, string | undefined>>) => void;
}

const NodesTab = ({ run, place, search, change }: RunTabsProps) => {
  const node = search.get('node') ?? undefined;
  const onOpen = useCallback((id: string) => change({ node: id }), [change]);
  return (
    <div className={`${styles['split']} ${node === undefined ? '' : styles['withPanel']}`}>
      <NodesList
        run={run}
        place={place}
        filters={readFilters(search)}
        openNode={node}
        onFilter={change}
        onOpen={onOpen}
      />
      {node !== undefined && (
        <NodePanel key={node} place={place} node={node} onClose={() => change({ node: undefined })} />
      )}
    </div>
  );
};

/** What is looked at of a run: its nodes, what they printed, or what the run was. */
export const RunTabs = (props: RunTabsProps) => {
  const { search, change } = props;
  const tab = tabs.find(({ id }) => id === search.get('tab'))?.id ?? 'nodes';
  return (
    <>
      <div role="tablist" className={tabStyles['tabs']}>
        {tabs.map(({ id, name }) => (
          <button
            key={id}
            type="button"
            role="tab"
            aria-selected={tab === id}
            onClick={() => change({ tab: id === 'nodes' ? undefined : id })}
          >
            {name}
          </button>
        ))}
      </div>
      <div role="tabpanel" className={tabStyles['tab']} aria-label={tabs.find(({ id }) => id === tab)?.name}>
        {tab === 'nodes' && <NodesTab {...props} />}
        {tab === 'outputs' && <OutputsTab {...props} />}
        {tab === 'about' && <AboutTab run={props.run} place={props.place} />}
      </div>
    </>
  );
};
