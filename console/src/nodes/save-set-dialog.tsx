import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useApi } from '../api/api-context.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Failure } from '../parts/failure.tsx';
import { FormField } from '../parts/form-field.tsx';
import styles from './nodes-screen.module.css';

/** Keeps a condition under a name. */
export const SaveSetDialog = ({ where, onClose }: { readonly where: string; readonly onClose: () => void }) => {
  const { client } = useApi();
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const save = useMutation({
    // A set that is there already is not replaced from here.
    mutationFn: () => client.putTargetSet(name.trim(), { where }, { ifNoneMatch: '*' }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['targets'] });
      onClose();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Dialog title="Save as target set" onClose={onClose}>
      <form className={styles['dialog']} onSubmit={submit}>
        <code>{where}</code>
        <FormField label="Name" isRequired hint="Jobs name it as targets: {set: NAME}.">
          {(props) => (
            <input {...props} autoComplete="off" value={name} onChange={({ target }) => setName(target.value)} />
          )}
        </FormField>
        {save.error !== null && <Failure error={save.error} />}
        <div className={styles['buttons']}>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" disabled={name.trim() === '' || save.isPending}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
};
