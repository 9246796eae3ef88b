import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { messageOf, toAppError } from '#shared/errors/app-error.ts';
import { useApi } from '../api/api-context.ts';
import { previewQuery } from '../api/schedule-queries.ts';
import { Button } from '../parts/button.tsx';
import { focusFirstError } from '../parts/focus-error.ts';
import forms from '../parts/form.module.css';
import { Panel } from '../parts/panel.tsx';
import { useQuiet } from '../parts/quiet.ts';
import { CalendarsField } from './calendars-field.tsx';
import { JobFields, JobParams, useNamedJob } from './job-fields.tsx';
import { PolicyFields } from './policy-fields.tsx';
import { Preview } from './preview.tsx';
import {
  fieldOfRefusal,
  previewOf,
  readScheduleForm,
  type ScheduleErrors,
  type ScheduleForm,
  type ScheduleReading,
} from './schedule-form.ts';
import { TimesFields } from './times-fields.tsx';

/** So many due times show what an expression means. */
const shownDues = 8;

/** A schedule that can be saved. */
export type ReadSchedule = Extract<ScheduleReading, { readonly name: string }>;

/** What the server says of the times, a moment after they were last changed, at the field it is about. */
const usePreview = (form: ScheduleForm) => {
  const { client } = useApi();
  const request = useQuiet(
    useMemo(() => previewOf(form, shownDues), [form]),
    250,
  );
  const preview = useQuery(previewQuery(client, request));
  const { hint } = toAppError(preview.error ?? '');
  const said =
    preview.error === null ? undefined : `${messageOf(preview.error)}${hint === undefined ? '' : `. ${hint}`}`;
  const errors: ScheduleErrors =
    said === undefined || request === undefined ? {} : { [fieldOfRefusal(said, form)]: said };
  return { preview, errors, isAsked: request !== undefined };
};

/** The form of a schedule, with what it means as it is written. */
export const ScheduleFormView = ({
  first,
  isNew,
  isSaving,
  onSave,
}: {
  readonly first: ScheduleForm;
  readonly isNew: boolean;
  readonly isSaving: boolean;
  readonly onSave: (schedule: ReadSchedule) => void;
}) => {
  const [form, setForm] = useState(first);
  const [isTold, setIsTold] = useState(false);
  const { declared, problem } = useNamedJob(form.job);
  const { preview, errors: refused, isAsked } = usePreview(form);
  const reading = readScheduleForm(form, declared, isNew);
  const own = reading.errors ?? {};
  // Fields that nobody has filled in yet are not wrong before it is saved; times that were written are.
  const written = Object.fromEntries(
    Object.entries(own).filter(([field]) => ['start', 'end', 'jitter', 'catchUp'].includes(field)),
  );
  const errors: ScheduleErrors = {
    ...refused,
    ...(problem === undefined ? {} : { job: problem }),
    ...(isTold ? own : written),
  };
  const change = (some: Partial<ScheduleForm>): void => setForm({ ...form, ...some });
  const parts = { form, errors, onForm: change };
  return (
    <form
      className={forms['form']}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setIsTold(true);
        if (reading.errors !== undefined) focusFirstError(event.currentTarget);
        else if (!isSaving) onSave(reading);
      }}
    >
      <Panel title="What">
        <JobFields {...parts} isNew={isNew} />
      </Panel>
      <Panel title="When">
        <TimesFields {...parts} />
      </Panel>
      <Preview preview={preview} isAsked={isAsked} />
      {declared !== undefined && <JobParams {...parts} declared={declared} />}
      <Panel title="How">
        <PolicyFields {...parts} isNew={isNew} />
      </Panel>
      <CalendarsField
        calendars={form.calendars}
        error={errors['calendars']}
        onCalendars={(calendars) => change({ calendars })}
      />
      <div className={forms['act']}>
        <Button kind="primary" type="submit" disabled={isSaving}>
          {isSaving ? 'Saving…' : 'Save'}
        </Button>
        {isTold && reading.errors !== undefined && <span className={forms['wrong']}>Correct what is marked.</span>}
      </div>
    </form>
  );
};
