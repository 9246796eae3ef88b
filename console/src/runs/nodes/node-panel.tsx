import { useQuery } from '@tanstack/react-query';
import { type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import { isFailingStatus, isTerminalRunStatus, type NodeStatus } from '#shared/model/status.ts';
import { nodePlacesQuery, nodeResultsQuery, type RunPlace } from '../../api/run-detail-queries.ts';
import { Button } from '../../parts/button.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Empty, Loading } from '../../parts/states.tsx';
import { StatusMark } from '../../parts/status-mark.tsx';
import { StepView } from './node-step.tsx';
import { nodeSteps } from './node-steps.ts';
import styles from './nodes.module.css';

const isBad = (status: NodeStatus): boolean => isFailingStatus(status) || status === 'aborted';

/** What the node is, and how it stands in each phase. */
const NodeFacts = ({ place, node }: { readonly place: RunPlace; readonly node: string }) => {
  const { data } = useQuery(nodePlacesQuery(place, node));
  const first = data?.[0];
  if (first === undefined) return null;
  return (
    <>
      <p className={styles['facts']}>
        {first.nodeId !== first.name && <code>{first.nodeId}</code>}
        <span>{first.host}</span>
        <span>
          {first.agent} {first.region}
        </span>
        {first.account !== undefined && <span>account {first.account}</span>}
        {first.instanceId !== first.nodeId && <code>{first.instanceId}</code>}
      </p>
      <ul className={styles['places']}>
        {data?.map(({ group, phase, round, status, operation }) => (
          <li key={JSON.stringify([group, phase, round])}>
            <span className="dim">
              {group}/{phase}
            </span>{' '}
            <StatusMark status={status} />
            {status === 'running' && operation !== undefined && <span className="dim"> at {operation}</span>}
          </li>
        ))}
      </ul>
    </>
  );
};

/** A panel that was opened below what is seen is brought into view. */
const useInView = (): RefObject<HTMLElement | null> => {
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    const top = panel.current?.getBoundingClientRect().top ?? 0;
    if (top > innerHeight - 160) panel.current?.scrollIntoView({ block: 'start', behavior: 'smooth' });
  }, []);
  return panel;
};

/** Everything that happened on one node, as it goes on. */
export const NodePanel = ({
  place,
  node,
  onClose,
}: {
  readonly place: RunPlace;
  readonly node: string;
  readonly onClose: () => void;
}) => {
  const panel = useInView();
  const [wraps, setWraps] = useState(true);
  const { data, error, refetch } = useQuery(nodeResultsQuery(place, node));
  const steps = useMemo(() => (data === undefined ? undefined : nodeSteps(data)), [data]);
  const isOver = place.status !== undefined && isTerminalRunStatus(place.status);
  return (
    <aside ref={panel} className={styles['panel']} aria-label={`Node ${node}`}>
      <Panel
        title={data?.[0]?.name ?? node}
        actions={
          <>
            <label className={styles['wrap']}>
              <input type="checkbox" checked={wraps} onChange={({ target }) => setWraps(target.checked)} /> wrap lines
            </label>
            <Button onClick={onClose}>Close</Button>
          </>
        }
      >
        <NodeFacts place={place} node={node} />
        {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
        {steps === undefined && error === null && <Loading what="what happened" />}
        {steps?.length === 0 && (
          <Empty>
            {isOver ? 'Nothing ran here.' : 'Nothing has ended here yet. An operation is shown once it has ended.'}
          </Empty>
        )}
        {steps?.map((step, index) => (
          <StepView
            key={step.key}
            runId={place.runId}
            step={step}
            wraps={wraps}
            isOpen={isBad(step.last.status) || index === steps.length - 1}
          />
        ))}
      </Panel>
    </aside>
  );
};
