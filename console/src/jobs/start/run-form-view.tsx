import { useState } from 'react';
import type { Job } from '#shared/model/job.ts';
import { Button } from '../../parts/button.tsx';
import { Failure } from '../../parts/failure.tsx';
import { focusFirstError } from '../../parts/focus-error.ts';
import forms from '../../parts/form.module.css';
import { Fields } from '../../parts/form-field.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Empty } from '../../parts/states.tsx';
import { NarrowingFields } from './narrowing-fields.tsx';
import { ParamField } from './param-field.tsx';
import { asked } from './param-form.ts';
import { paramErrors, type RunForm, type RunFormErrors, readRunForm } from './run-form.ts';

/** What is asked for when the plan of a form is to be shown. */
export interface Asked {
  readonly request: NonNullable<ReturnType<typeof readRunForm>['request']>;
  readonly refresh: boolean;
}

/** The form of a start: params, narrowing, context. `error` is what the server said of it. */
export const RunFormView = ({
  job,
  form,
  onForm,
  isPending,
  error,
  onAsk,
}: {
  readonly job: Job;
  readonly form: RunForm;
  readonly onForm: (form: RunForm) => void;
  readonly isPending: boolean;
  readonly error: unknown;
  readonly onAsk: (asked: Asked) => void;
}) => {
  const [isAsked, setIsAsked] = useState(false);
  const [refresh, setRefresh] = useState(false);
  const reading = readRunForm(job, form);
  // Fields that nobody has filled in yet are not wrong before the plan is asked for.
  const own: RunFormErrors = (isAsked ? reading.errors : undefined) ?? { params: {} };
  const params = { ...paramErrors(error), ...own.params };
  const names = asked(job.spec.params);
  return (
    <form
      className={forms['form']}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setIsAsked(true);
        if (reading.errors !== undefined) focusFirstError(event.currentTarget);
        else if (!isPending) onAsk({ request: reading.request, refresh });
      }}
    >
      <Panel title="Params">
        {names.length === 0 ? (
          <Empty>The job takes no params.</Empty>
        ) : (
          <Fields>
            {names.map(([name, param]) => (
              <ParamField
                key={name}
                name={name}
                param={param}
                text={form.params[name] ?? ''}
                error={params[name]}
                onText={(text) => onForm({ ...form, params: { ...form.params, [name]: text } })}
              />
            ))}
          </Fields>
        )}
      </Panel>
      <Panel title="Only a part of it">
        <NarrowingFields job={job} form={form} errors={own} onForm={(change) => onForm({ ...form, ...change })} />
      </Panel>
      {error !== null && error !== undefined && <Failure error={error} />}
      <div className={forms['act']}>
        <Button kind="primary" type="submit" disabled={isPending}>
          {isPending ? 'Planning…' : 'Show the plan'}
        </Button>
        <label>
          <input type="checkbox" checked={refresh} onChange={({ target }) => setRefresh(target.checked)} /> read the
          clouds anew
        </label>
        {isAsked && reading.errors !== undefined && <span className={forms['wrong']}>Correct what is marked.</span>}
        <span className="dim">Nothing starts before you have seen the plan.</span>
      </div>
    </form>
  );
};
