import { useMemo } from 'react';
import { statusWords } from '#shared/format/status-words.ts';
import { type NodeStatus, nodeStatuses } from '#shared/model/status.ts';
import { statusColor } from '../../parts/status-looks.ts';
import form from '../actions/form.module.css';
import styles from './map.module.css';
import { letterCounts } from './map-cells.ts';

/** Which colour is which status, how many nodes have it, and a way to show only these. */
export const MapLegend = ({
  letters,
  chosen,
  onToggle,
}: {
  readonly letters: string;
  readonly chosen: readonly NodeStatus[];
  readonly onToggle: (status: NodeStatus) => void;
}) => {
  const counts = useMemo(() => letterCounts(letters), [letters]);
  const absent = counts.get('absent') ?? 0;
  return (
    <fieldset className={styles['legend']} aria-label="Statuses">
      {nodeStatuses
        .filter((status) => counts.has(status) || chosen.includes(status))
        .map((status) => (
          <button
            key={status}
            type="button"
            className={form['chip']}
            aria-pressed={chosen.includes(status)}
            onClick={() => onToggle(status)}
          >
            <span className={styles['swatch']} style={{ background: statusColor(status) }} />
            {counts.get(status) ?? 0} {statusWords(status)}
          </button>
        ))}
      {absent > 0 && <span className="dim">{absent} not in this phase</span>}
    </fieldset>
  );
};
