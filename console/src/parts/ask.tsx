import { useState } from 'react';
import styles from './ask.module.css';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { Failure } from './failure.tsx';
import { FormField } from './form-field.tsx';

/** What is asked before something is done. */
export interface Question {
  readonly title: string;
  /** What will happen. */
  readonly text: string;
  /** What the button that does it says. */
  readonly act: string;
  readonly kind?: 'primary' | 'danger';
  /** What the field for the reason is called; absent: none is asked for. */
  readonly reason?: string;
}

/** Asks before something is done; shows why it could not be. */
export const Ask = ({
  question,
  isPending,
  error,
  onAct,
  onClose,
}: {
  readonly question: Question;
  readonly isPending: boolean;
  readonly error: unknown;
  readonly onAct: (reason: string) => void;
  readonly onClose: () => void;
}) => {
  const [reason, setReason] = useState('');
  const { title, text, act, kind = 'primary' } = question;
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        className={styles['form']}
        onSubmit={(event) => {
          event.preventDefault();
          if (!isPending) onAct(reason.trim());
        }}
      >
        <p>{text}</p>
        {question.reason !== undefined && (
          <FormField label={question.reason}>
            {(props) => (
              <input {...props} maxLength={1024} value={reason} onChange={({ target }) => setReason(target.value)} />
            )}
          </FormField>
        )}
        {error !== null && error !== undefined && <Failure error={error} />}
        <div className={styles['acts']}>
          <Button kind={kind} type="submit" disabled={isPending}>
            {act}
          </Button>
          <Button onClick={onClose}>Leave it</Button>
        </div>
      </form>
    </Dialog>
  );
};
