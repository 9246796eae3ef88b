import type { FormEvent, ReactNode } from 'react';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Failure } from '../../parts/failure.tsx';
import styles from './form.module.css';

/** A question that is answered by one button: what it is about, and what the server said against it. */
export const ActionDialog = (props: {
  readonly title: string;
  readonly does: string;
  readonly kind?: 'primary' | 'danger';
  readonly isPending: boolean;
  readonly isBlocked?: boolean;
  readonly error: unknown;
  readonly onDo: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) => {
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    props.onDo();
  };
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <form className={styles['form']} onSubmit={submit}>
        {props.children}
        {props.error !== null && <Failure error={props.error} />}
        <div className={styles['buttons']}>
          <Button onClick={props.onClose}>Cancel</Button>
          <Button kind={props.kind ?? 'primary'} type="submit" disabled={props.isPending || props.isBlocked === true}>
            {props.does}
          </Button>
        </div>
      </form>
    </Dialog>
  );
};

/** Why something is done, for those who look at the run later. */
export const ReasonField = ({
  value,
  onChange,
  isNeeded = false,
}: {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly isNeeded?: boolean;
}) => (
  <label className={styles['field']}>
    <span>Reason{isNeeded ? '' : ' (for those who look at the run later)'}</span>
    <input
      value={value}
      required={isNeeded}
      maxLength={512}
      // biome-ignore lint/a11y/noAutofocus: a dialog that was just asked for
      autoFocus
      onChange={({ target }) => onChange(target.value)}
    />
  </label>
);
