import { type ReactNode, useId } from 'react';
import styles from './form-field.module.css';

/** What ties an input to the words around it. */
export interface FieldProps {
  readonly id: string;
  readonly className: string | undefined;
  readonly 'aria-describedby': string;
  readonly 'aria-invalid': boolean;
  readonly 'aria-required': boolean;
}

/** An input with its name, what it is for, and what is wrong with what it holds. */
export const FormField = ({
  label,
  hint,
  error,
  isRequired = false,
  children,
}: {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly error?: string | undefined;
  readonly isRequired?: boolean;
  readonly children: (props: FieldProps) => ReactNode;
}) => {
  const id = useId();
  return (
    <div className={styles['field']}>
      <label htmlFor={id}>
        {label}
        {isRequired && <span className="dim"> (required)</span>}
      </label>
      {children({
        id,
        className: styles['input'],
        'aria-describedby': `${id}-words`,
        'aria-invalid': error !== undefined,
        'aria-required': isRequired,
      })}
      <div id={`${id}-words`} className={styles['words']}>
        {error !== undefined && (
          <p className={styles['error']} role="alert">
            {error}
          </p>
        )}
        {hint !== undefined && <p className="dim">{hint}</p>}
      </div>
    </div>
  );
};

/** Fields beside and below each other. */
export const Fields = ({ children }: { readonly children: ReactNode }) => (
  <div className={styles['fields']}>{children}</div>
);
