import { useCallback, useEffect, useState } from 'react';
import { statusWords } from '#shared/format/status-words.ts';
import { nodeStatuses } from '#shared/model/status.ts';
import form from '../actions/form.module.css';
import { type NodeFilters, toggled } from './node-filters.ts';
import styles from './nodes.module.css';

/** How long a name is left alone after the last key, in milliseconds. */
const patienceMs = 200;

const NameField = ({ name, onName }: { readonly name: string; readonly onName: (name: string) => void }) => {
  const [text, setText] = useState(name);
  useEffect(() => setText(name), [name]);
  useEffect(() => {
    if (text === name) return;
    const timer = setTimeout(() => onName(text), patienceMs);
    return () => clearTimeout(timer);
  }, [text, name, onName]);
  return (
    <input
      type="search"
      aria-label="Part of a name"
      placeholder="Part of a name"
      value={text}
      onChange={({ target }) => setText(target.value)}
    />
  );
};

/** Which nodes are listed. */
export const NodesFilter = ({
  filters,
  phases,
  told,
  onChange,
}: {
  readonly filters: NodeFilters;
  readonly phases: readonly string[];
  /** How many there are. */
  readonly told: string;
  readonly onChange: (changes: { readonly status?: string; readonly phase?: string; readonly name?: string }) => void;
}) => {
  const onName = useCallback((name: string) => onChange({ name }), [onChange]);
  return (
    <div className={styles['filters']}>
      <NameField name={filters.name} onName={onName} />
      {phases.length > 1 && (
        <select
          aria-label="Phase"
          value={filters.phase ?? ''}
          onChange={({ target }) => onChange({ phase: target.value })}
        >
          <option value="">all phases</option>
          {phases.map((phase) => (
            <option key={phase}>{phase}</option>
          ))}
        </select>
      )}
      <select
        aria-label="Add a status"
        value=""
        onChange={({ target }) => onChange({ status: [...filters.statuses, target.value].join(',') })}
      >
        <option value="">all statuses</option>
        {nodeStatuses
          .filter((status) => !filters.statuses.includes(status))
          .map((status) => (
            <option key={status} value={status}>
              {statusWords(status)}
            </option>
          ))}
      </select>
      {filters.statuses.map((status) => (
        <button
          key={status}
          type="button"
          className={form['chip']}
          aria-pressed
          onClick={() => onChange({ status: toggled(filters.statuses, status).join(',') })}
        >
          {statusWords(status)} ×
        </button>
      ))}
      <span className={styles['end']}>{told}</span>
    </div>
  );
};
