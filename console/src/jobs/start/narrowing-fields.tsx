import { useMemo } from 'react';
import type { Job } from '#shared/model/job.ts';
import { Choices } from '../../parts/choices.tsx';
import { Fields, FormField } from '../../parts/form-field.tsx';
import type { RunForm, RunFormErrors } from './run-form.ts';

/** Names to choose from; none chosen means all. */
const Names = ({
  label,
  names,
  chosen,
  onChosen,
}: {
  readonly label: string;
  readonly names: readonly string[];
  readonly chosen: readonly string[];
  readonly onChosen: (names: readonly string[]) => void;
}) => (
  <FormField label={label} hint="None chosen: all of them.">
    {(field) => <Choices label={label} names={names} chosen={chosen} field={field} onChosen={onChosen} />}
  </FormField>
);

/** Narrows a run to parts of its job, and says what else goes with it. */
export const NarrowingFields = ({
  job,
  form,
  errors,
  onForm,
}: {
  readonly job: Job;
  readonly form: RunForm;
  readonly errors: RunFormErrors;
  readonly onForm: (change: Partial<RunForm>) => void;
}) => {
  const groups = useMemo(() => job.spec.groups.map(({ name }) => name), [job]);
  const phases = useMemo(
    () => [...new Set(job.spec.groups.flatMap(({ phases: some }) => some.map(({ name }) => name)))],
    [job],
  );
  return (
    <Fields>
      <Names label="Groups" names={groups} chosen={form.groups} onChosen={(names) => onForm({ groups: names })} />
      <Names label="Phases" names={phases} chosen={form.phases} onChosen={(names) => onForm({ phases: names })} />
      <FormField
        label="Nodes"
        error={errors.nodes}
        hint="Ids of nodes of its targets, apart by blanks or lines. None: all of them."
      >
        {(field) => (
          <textarea
            {...field}
            rows={3}
            spellCheck={false}
            value={form.nodes}
            onChange={({ target }) => onForm({ nodes: target.value })}
          />
        )}
      </FormField>
      <FormField
        label="Context"
        error={errors.context}
        hint='JSON that the run keeps with it, such as {"ticket": "OPS-1"}.'
      >
        {(field) => (
          <textarea
            {...field}
            rows={3}
            spellCheck={false}
            value={form.context}
            onChange={({ target }) => onForm({ context: target.value })}
          />
        )}
      </FormField>
    </Fields>
  );
};
