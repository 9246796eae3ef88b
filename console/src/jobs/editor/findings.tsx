import type { ErrorPlace } from '#shared/errors/app-error.ts';
import { counted } from '#shared/format/counted.ts';
import { Failure } from '../../parts/failure.tsx';
import type { TextCheck } from './check-text.ts';
import styles from './findings.module.css';

const Place = ({ place, onJump }: { readonly place: ErrorPlace; readonly onJump: () => void }) => (
  <li>
    <button type="button" onClick={onJump}>
      <code>{`${place.line ?? 1}:${place.column ?? 1}`}</code>
      <span>
        {place.message}
        {place.suggestion !== undefined && <em>{` ${place.suggestion}`}</em>}
      </span>
      {place.path !== undefined && place.path !== '' && <code className="dim">{place.path}</code>}
    </button>
  </li>
);

/** What a text is as a job: everything that is wrong with it, with its places to go to, or what it would be. */
export const Findings = ({
  check,
  onJump,
}: {
  readonly check: TextCheck | undefined;
  readonly onJump: (place: ErrorPlace) => void;
}) => {
  if (check === undefined) return <p className={styles['said']}>Checking…</p>;
  if (check.state === 'empty') return <p className={styles['said']}>Paste a job as YAML or JSON, or open a file.</p>;
  if (check.state === 'good') {
    const { metadata, spec } = check.job;
    const phases = spec.groups.reduce((sum, { phases: some }) => sum + some.length, 0);
    return (
      <p className={styles['good']} role="status">
        {`✓ Job '${metadata.name}': ${counted(spec.groups.length, 'group')}, ${counted(phases, 'phase')}, ${counted(Object.keys(spec.params).length, 'param')}`}
      </p>
    );
  }
  const { places, hint } = check.error;
  if (places.length === 0) return <Failure error={check.error} />;
  return (
    <div className={styles['wrong']}>
      <p role="status">{`${places.length === 1 ? 'One problem' : `${places.length} problems`}${hint === undefined ? '' : `. ${hint}`}`}</p>
      <ul aria-label="Problems">
        {places.map((place) => (
          <Place
            key={`${place.line}:${place.column}:${place.path}:${place.message}`}
            place={place}
            onJump={() => onJump(place)}
          />
        ))}
      </ul>
    </div>
  );
};
