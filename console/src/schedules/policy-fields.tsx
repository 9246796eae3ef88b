import { type OverlapPolicy, overlapPolicies } from '#shared/model/schedule.ts';
import { Fields, FormField } from '../parts/form-field.tsx';
import type { FormPartProps } from './form-part.ts';
import styles from './schedules.module.css';

const meanings: Readonly<Record<OverlapPolicy, string>> = {
  skip: 'skip: nothing is started',
  queue: 'queue: the run waits in line',
  replace: 'replace: the run that goes on is aborted',
  allow: 'allow: both go on',
};

/** Fields that say what becomes of due times that overlap or are late, and what the schedule is for. */
export const PolicyFields = ({ form, errors, onForm, isNew }: FormPartProps & { readonly isNew: boolean }) => (
  <Fields>
    <FormField label="Overlap" error={errors['overlap']} hint="While the run of an earlier due time goes on.">
      {(field) => (
        <select
          {...field}
          value={form.overlap}
          onChange={({ target }) => {
            const overlap = overlapPolicies.find((one) => one === target.value);
            if (overlap !== undefined) onForm({ overlap });
          }}
        >
          {overlapPolicies.map((policy) => (
            <option key={policy} value={policy}>
              {meanings[policy]}
            </option>
          ))}
        </select>
      )}
    </FormField>
    <FormField
      label="Catch-up"
      error={errors['catchUp']}
      hint="The last due time that was missed is started if it is at most so late, such as 2h. Nothing: it is recorded as missed."
    >
      {(field) => (
        <input
          {...field}
          autoComplete="off"
          value={form.catchUp}
          onChange={({ target }) => onForm({ catchUp: target.value })}
        />
      )}
    </FormField>
    <FormField label="Description" error={errors['description']}>
      {(field) => (
        <input
          {...field}
          maxLength={1024}
          value={form.description}
          onChange={({ target }) => onForm({ description: target.value })}
        />
      )}
    </FormField>
    <FormField label="Tags" error={errors['tags']} hint="name=value, one a line.">
      {(field) => (
        <textarea
          {...field}
          rows={2}
          spellCheck={false}
          value={form.tags}
          onChange={({ target }) => onForm({ tags: target.value })}
        />
      )}
    </FormField>
    {isNew && (
      <FormField label="Paused" hint="Store it, and start nothing until it is resumed.">
        {({ className: _box, ...field }) => (
          <input
            {...field}
            type="checkbox"
            className={styles['check']}
            checked={form.isPaused}
            onChange={({ target }) => onForm({ isPaused: target.checked })}
          />
        )}
      </FormField>
    )}
  </Fields>
);
