import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useSearchParams } from 'react-router';
import { useApi } from '../api/api-context.ts';
import { targetSetsQuery } from '../api/node-queries.ts';
import { PlannedStart, usePlanAndStart } from '../jobs/start/planned-start.tsx';
import { Button } from '../parts/button.tsx';
import { Failure } from '../parts/failure.tsx';
import { focusFirstError } from '../parts/focus-error.ts';
import forms from '../parts/form.module.css';
import { PageHead } from '../parts/page-head.tsx';
import { Panel } from '../parts/panel.tsx';
import { CommandFields, TargetFields } from './exec-fields.tsx';
import { type ExecForm, emptyExecForm, jobOfForm, problemsOf } from './exec-form.ts';

/** A form for the nodes that the address names. */
const useExecForm = () => {
  const [params] = useSearchParams();
  const where = params.get('where') ?? '';
  const set = params.get('set') ?? '';
  return useState<ExecForm>({ ...emptyExecForm, set, where });
};

/** Runs one command on many nodes: what, where, the plan, then exactly that. */
export const ExecScreen = () => {
  const { client } = useApi();
  const sets = useQuery(targetSetsQuery(client));
  const [form, setForm] = useExecForm();
  const [isAsked, setAsked] = useState(false);
  const { planned, plan, start, back } = usePlanAndStart();
  const problems = problemsOf(form);
  const ask = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    setAsked(true);
    if (Object.keys(problems).length > 0) focusFirstError(event.currentTarget);
    else plan.mutate({ request: { job: jobOfForm(form) }, refresh: false });
  };
  const fields = {
    form,
    problems: isAsked ? problems : {},
    onChange: (change: Partial<ExecForm>) => setForm({ ...form, ...change }),
  };
  if (planned !== undefined)
    return (
      <>
        <PageHead title="Run a command" />
        <PlannedStart planned={planned} start={start} back={back} />
      </>
    );
  return (
    <>
      <PageHead
        title="Run a command"
        facts="One script on many nodes; what they answer is kept, equal answers together."
      />
      <form className={forms['form']} noValidate onSubmit={ask}>
        <Panel title="What">
          <CommandFields {...fields} />
        </Panel>
        <Panel title="Where">
          <TargetFields {...fields} sets={sets.data?.items ?? []} />
        </Panel>
        {plan.error !== null && <Failure error={plan.error} />}
        <div className={forms['act']}>
          <Button kind="primary" type="submit" disabled={plan.isPending}>
            {plan.isPending ? 'Planning…' : 'Show the plan'}
          </Button>
          <span className="dim">Nothing starts before you have seen the plan.</span>
        </div>
      </form>
    </>
  );
};
