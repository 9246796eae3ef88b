import { toAppError } from '#shared/errors/app-error.ts';
import { Button } from './button.tsx';
import styles from './failure.module.css';

/** What went wrong, where, and what to do next. */
export const Failure = ({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) => {
  const { code, message, hint, places } = toAppError(error);
  return (
    <div className={styles['failure']} role="alert">
      <p>
        <strong>{message}</strong> <code className="dim">{code}</code>
      </p>
      {places.length > 0 && (
        <ul>
          {places.map((place) => (
            <li key={`${place.path}:${place.line}:${place.column}:${place.message}`}>
              {place.line !== undefined && <code>{`${place.line}:${place.column ?? 1} `}</code>}
              {place.path !== undefined && <code>{`${place.path} `}</code>}
              {place.message}
              {place.suggestion !== undefined && <> Did you mean {place.suggestion}?</>}
            </li>
          ))}
        </ul>
      )}
      {hint !== undefined && <p>{hint}</p>}
      {onRetry !== undefined && <Button onClick={onRetry}>Try again</Button>}
    </div>
  );
};
