import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { MapGroup } from '#shared/contract/map-views.ts';
import { counted } from '#shared/format/counted.ts';
import type { NodeStatus } from '#shared/model/status.ts';
import { statusLetters } from '#shared/model/status-letters.ts';
import { type RunPlace, runMapQuery } from '../../api/run-detail-queries.ts';
import { Failure } from '../../parts/failure.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Empty, Loading } from '../../parts/states.tsx';
import type { PhasePlace } from '../progress/progress-panel.tsx';
import styles from './map.module.css';
import { MapCanvas } from './map-canvas.tsx';
import { cellsOf } from './map-cells.ts';
import { MapLegend } from './map-legend.tsx';

interface MapPanelProps {
  readonly place: RunPlace;
  readonly shown: PhasePlace;
  readonly statuses: readonly NodeStatus[];
  readonly node: string | undefined;
  readonly onShow: (place: PhasePlace) => void;
  readonly onToggle: (status: NodeStatus) => void;
  readonly onChoose: (nodeId: string) => void;
}

const PlaceChoice = ({
  groups,
  group,
  phase,
  onShow,
}: {
  readonly groups: readonly MapGroup[];
  readonly group: MapGroup;
  readonly phase: string | undefined;
  readonly onShow: (place: PhasePlace) => void;
}) => (
  <>
    {groups.length > 1 && (
      <select
        aria-label="Group"
        className={styles['choice']}
        value={group.name}
        onChange={({ target }) => onShow({ group: target.value, phase: undefined })}
      >
        {groups.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    )}
    <select
      aria-label="Phase"
      className={styles['choice']}
      value={phase ?? ''}
      onChange={({ target }) => onShow({ group: group.name, phase: target.value === '' ? undefined : target.value })}
    >
      <option value="">all phases: the worst</option>
      {group.phases.map(({ name }) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  </>
);

const GroupMap = (props: MapPanelProps & { readonly groups: readonly MapGroup[]; readonly group: MapGroup }) => {
  const { group, groups, shown, statuses } = props;
  const phase = group.phases.some(({ name }) => name === shown.phase) ? shown.phase : undefined;
  const cells = useMemo(() => cellsOf(group, phase), [group, phase]);
  const letters = useMemo(
    () => (statuses.length === 0 ? undefined : new Set<string>(statuses.map((status) => statusLetters[status]))),
    [statuses],
  );
  const count = cells.letters.length;
  const where = phase === undefined ? group.name : `${group.name}/${phase}`;
  return (
    <Panel
      title={`Map of ${where}`}
      actions={<PlaceChoice groups={groups} group={group} phase={phase} onShow={props.onShow} />}
    >
      {count === 0 ? (
        <Empty>Nothing here yet: the targets are not known before the group begins.</Empty>
      ) : (
        <div className={styles['map']}>
          <MapLegend letters={cells.letters} chosen={statuses} onToggle={props.onToggle} />
          <MapCanvas
            label={counted(count, 'node')}
            cells={cells}
            shown={letters}
            chosen={props.node}
            onChoose={props.onChoose}
          />
        </div>
      )}
    </Panel>
  );
};

/** How every node of a group stands, one cell for each. */
export const MapPanel = (props: MapPanelProps) => {
  const { data, error, refetch } = useQuery(runMapQuery(props.place));
  const group = data?.groups.find(({ name }) => name === props.shown.group) ?? data?.groups[0];
  if (data === undefined || group === undefined)
    return (
      <Panel title="Map">
        {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
        {error === null && data === undefined && <Loading what="the map" />}
        {data !== undefined && <Empty>This attempt came to no group.</Empty>}
      </Panel>
    );
  return <GroupMap {...props} groups={data.groups} group={group} />;
};
