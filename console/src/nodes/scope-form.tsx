import { type FormEvent, useEffect, useState } from 'react';
import type { TargetSetSummary } from '#shared/contract/target-views.ts';
import type { NodeScope } from '../api/node-queries.ts';
import { Button } from '../parts/button.tsx';
import { FormField } from '../parts/form-field.tsx';
import styles from './nodes-screen.module.css';
import { SetChoice } from './set-choice.tsx';

/** Which nodes are shown: those of a target set, those that a condition names. */
export const ScopeForm = ({
  scope,
  sets,
  onChange,
}: {
  readonly scope: NodeScope;
  readonly sets: readonly TargetSetSummary[];
  readonly onChange: (scope: NodeScope) => void;
}) => {
  const [where, setWhere] = useState(scope.where ?? '');
  useEffect(() => setWhere(scope.where ?? ''), [scope.where]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onChange({ ...scope, where });
  };
  return (
    <form className={styles['scope']} onSubmit={submit}>
      <SetChoice sets={sets} value={scope.set ?? ''} none="all nodes" onChoose={(set) => onChange({ ...scope, set })} />
      <FormField label="Condition">
        {(props) => (
          <input
            {...props}
            className={`${props.className} mono`}
            spellCheck={false}
            placeholder={'node.tags.role == "web" && node.region == "eu-west-1"'}
            value={where}
            onChange={({ target }) => setWhere(target.value)}
          />
        )}
      </FormField>
      <Button type="submit" kind="primary">
        Show
      </Button>
    </form>
  );
};
