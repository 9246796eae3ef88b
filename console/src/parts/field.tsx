import type { ReactNode } from 'react';
import styles from './field.module.css';

/** What a person is to give, with what it means and what is wrong with it. `id` is that of the control inside. */
export const Field = ({
  id,
  label,
  hint,
  problem,
  children,
}: {
  readonly id: string;
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly problem?: string | undefined;
  readonly children: ReactNode;
}) => (
  <div className={styles['field']}>
    <label htmlFor={id}>{label}</label>
    {children}
    {hint !== undefined && <small className="dim">{hint}</small>}
    {problem !== undefined && (
      <small className={styles['problem']} role="alert">
        {problem}
      </small>
    )}
  </div>
);
