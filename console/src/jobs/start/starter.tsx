import { useState } from 'react';
import type { Job } from '#shared/model/job.ts';
import { PlannedStart, usePlanAndStart } from './planned-start.tsx';
import { openRunForm } from './run-form.ts';
import { RunFormView } from './run-form-view.tsx';

/** Starts a job: first its form, then the plan, then exactly that. `reference` is what the API is given: a name with its revision, or the job. */
export const Starter = ({ job, reference }: { readonly job: Job; readonly reference: unknown }) => {
  const [form, setForm] = useState(() => openRunForm(job));
  const { planned, plan, start, back } = usePlanAndStart();
  if (planned !== undefined) return <PlannedStart planned={planned} start={start} back={back} />;
  return (
    <RunFormView
      job={job}
      form={form}
      onForm={setForm}
      isPending={plan.isPending}
      error={plan.error}
      onAsk={({ request, refresh }) => plan.mutate({ request: { job: reference, ...request }, refresh })}
    />
  );
};
