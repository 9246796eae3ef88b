import { useState } from 'react';
import type { GroupView, PhaseView, RunView, SliceView } from '#shared/contract/run-views.ts';
import { stopsText } from '#shared/format/stops-text.ts';
import { CountsBar, countsWords } from '../../parts/counts-bar.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Empty } from '../../parts/states.tsx';
import { StatusMark } from '../../parts/status-mark.tsx';
import { Took } from '../../parts/times.tsx';
import styles from './progress.module.css';
import { hasRounds, phaseTimes, sliceName, slicesText, strategyText } from './progress-rows.ts';

/** Which phase of which group. */
export interface PhasePlace {
  readonly group: string;
  readonly phase: string | undefined;
}

const SliceRow = ({ slice, attempts }: { readonly slice: SliceView; readonly attempts: number }) => (
  <tr className={styles['slice']}>
    <td>{sliceName(slice, attempts)}</td>
    <td />
    <td>
      <StatusMark status={slice.status} />
    </td>
    <td className={styles['number']}>{slice.nodeCount}</td>
    <td>
      <CountsBar counts={slice.counts} total={slice.nodeCount} />
    </td>
    <td className={styles['words']}>
      {[countsWords(slice.counts), stopsText(slice.stops)].filter((text) => text !== '').join('; ')}
    </td>
    <td className={styles['number']}>
      <Took from={slice.openedAt} to={slice.closedAt} />
    </td>
  </tr>
);

interface PhaseRowProps {
  readonly group: GroupView;
  readonly phase: PhaseView;
  readonly attempts: number;
  readonly isShown: boolean;
  readonly onShow: (place: PhasePlace) => void;
}

const PhaseName = ({ group, phase, isShown, onShow }: PhaseRowProps) => (
  <button
    type="button"
    className={styles['name']}
    aria-pressed={isShown}
    title="Show its nodes"
    onClick={() => onShow({ group: group.name, phase: isShown ? undefined : phase.name })}
  >
    {phase.name}
  </button>
);

const PhaseRow = (props: PhaseRowProps) => {
  const { phase, attempts } = props;
  const [isOpen, setOpen] = useState(false);
  const times = phaseTimes(phase);
  return (
    <>
      <tr className={props.isShown ? styles['shown'] : undefined}>
        <td>
          <PhaseName {...props} />
          {phase.on !== 'target' && (
            <span className="dim"> on {phase.on === 'runner' ? 'runner' : 'runner, for each target'}</span>
          )}
          {hasRounds(phase) && (
            <button type="button" className={styles['fold']} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
              {isOpen ? '▾' : '▸'} {slicesText(phase)}
            </button>
          )}
        </td>
        <td className={styles['operations']}>{phase.operations.join(' → ')}</td>
        <td>
          <StatusMark status={phase.status} />
        </td>
        <td className={styles['number']}>{phase.nodeCount === 0 ? '' : phase.nodeCount}</td>
        <td>
          <CountsBar counts={phase.counts} total={phase.nodeCount} />
        </td>
        <td className={styles['words']}>{countsWords(phase.counts)}</td>
        <td className={styles['number']}>{times !== undefined && <Took from={times.from} to={times.to} />}</td>
      </tr>
      {isOpen &&
        phase.slices.map((slice) => (
          <SliceRow key={`${slice.attempt} ${slice.round} ${slice.openedAt}`} slice={slice} attempts={attempts} />
        ))}
    </>
  );
};

const GroupRows = ({
  group,
  run,
  shown,
  onShow,
}: {
  readonly group: GroupView;
  readonly run: RunView;
  readonly shown: PhasePlace;
  readonly onShow: (place: PhasePlace) => void;
}) => (
  <tbody>
    <tr className={styles['group']}>
      <th scope="rowgroup" colSpan={2}>
        {group.name} <span className="dim">{strategyText(group)}</span>
      </th>
      <td>
        <StatusMark status={group.status} />
      </td>
      <td className={styles['number']}>{group.nodeCount === 0 ? '' : group.nodeCount}</td>
      <td colSpan={3} className={styles['words']}>
        {group.stopReason}
      </td>
    </tr>
    {group.phases.map((phase) => (
      <PhaseRow
        key={phase.name}
        group={group}
        phase={phase}
        attempts={run.attempts.length}
        isShown={shown.group === group.name && shown.phase === phase.name}
        onShow={onShow}
      />
    ))}
  </tbody>
);

const titles = ['Group / phase', 'Operations', 'Status', 'Nodes', 'Progress', '', 'Took'] as const;

/** How the groups and phases of a run stand. */
export const ProgressPanel = (props: {
  readonly run: RunView;
  readonly shown: PhasePlace;
  readonly onShow: (place: PhasePlace) => void;
}) => (
  <Panel>
    {props.run.groups.length === 0 ? (
      <Empty>This attempt came to no group.</Empty>
    ) : (
      <div className={styles['scroll']}>
        <table className={styles['table']} aria-label="Groups and phases">
          <thead>
            <tr>
              {titles.map((title) => (
                <th key={title} scope="col" className={title === 'Nodes' || title === 'Took' ? styles['number'] : ''}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          {props.run.groups.map((group) => (
            <GroupRows key={group.name} group={group} {...props} />
          ))}
        </table>
      </div>
    )}
  </Panel>
);
