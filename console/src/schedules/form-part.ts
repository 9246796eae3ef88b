import type { ScheduleErrors, ScheduleForm } from './schedule-form.ts';

/** What each part of the form of a schedule is given. */
export interface FormPartProps {
  readonly form: ScheduleForm;
  readonly errors: ScheduleErrors;
  readonly onForm: (change: Partial<ScheduleForm>) => void;
}
