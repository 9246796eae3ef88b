import {
  type PreviewScheduleRequestInput,
  type PutScheduleRequestInput,
  previewScheduleRequestSchema,
  putScheduleRequestSchema,
  type ScheduleView,
} from '#shared/contract/schedule-views.ts';
import type { ParamValues } from '#shared/model/job.ts';
import { type Calendar, dialects, type OverlapPolicy, scheduleNameSchema } from '#shared/model/schedule.ts';
import { type DeclaredParams, type FieldTexts, firstTexts, readForm } from '../jobs/start/param-form.ts';

/** What the form of a schedule holds, as it stands in its fields. */
export interface ScheduleForm {
  readonly name: string;
  readonly job: string;
  readonly expression: string;
  /** '' for: by the looks of the expression. */
  readonly dialect: string;
  readonly zone: string;
  readonly start: string;
  readonly end: string;
  readonly overlap: OverlapPolicy;
  /** How late a missed due time may be caught up, as `2h`; '' for never. */
  readonly catchUp: string;
  readonly jitter: string;
  readonly description: string;
  /** `name=value`, one a line. */
  readonly tags: string;
  readonly calendars: readonly Calendar[];
  /** Params that somebody wrote in; the others are as they were given, or the job's defaults. */
  readonly params: FieldTexts;
  /** Params as they were stored. */
  readonly given: ParamValues;
  readonly isPaused: boolean;
}

/** What is wrong, by field; params are `params.<name>`. */
export type ScheduleErrors = Readonly<Record<string, string>>;

/** What a form says, or what is wrong with it. */
export type ScheduleReading =
  | { readonly name: string; readonly request: PutScheduleRequestInput; readonly errors?: undefined }
  | { readonly errors: ScheduleErrors };

const emptyForm: ScheduleForm = {
  ...{ name: '', job: '', expression: '', dialect: '', zone: '', start: '', end: '' },
  ...{ overlap: 'skip', catchUp: '', jitter: '', description: '', tags: '' },
  ...{ calendars: [], params: {}, given: {}, isPaused: false },
};

/** The form of a new schedule of a job. */
export const newScheduleForm = (job: string, zone: string): ScheduleForm => ({ ...emptyForm, job, zone });

/** The form of a schedule as it is stored. */
export const formOfSchedule = (schedule: ScheduleView): ScheduleForm => ({
  ...emptyForm,
  name: schedule.name,
  job: schedule.job,
  expression: schedule.expression,
  dialect: schedule.dialect,
  zone: schedule.zone ?? '',
  start: schedule.start ?? '',
  end: schedule.end ?? '',
  overlap: schedule.overlap,
  catchUp: schedule.catchUp?.deadline ?? '',
  jitter: schedule.jitter ?? '',
  description: schedule.description ?? '',
  tags: Object.entries(schedule.tags)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n'),
  calendars: schedule.calendars,
  given: schedule.params,
});

/** What the fields of the job's params hold. */
export const paramTexts = ({ params, given }: ScheduleForm, declared: DeclaredParams): FieldTexts => ({
  ...firstTexts(declared, given),
  ...params,
});

/** Params that were stored and that the job does not have, or not any more. */
export const strayParams = ({ given }: ScheduleForm, declared: DeclaredParams): readonly string[] =>
  Object.keys(given).filter((name) => !Object.hasOwn(declared, name));

/** Without the job's params, those that were stored; with them, also what was written in. What was given stays given, also where it is a default. */
const readParams = (
  form: ScheduleForm,
  declared: DeclaredParams | undefined,
): { readonly values: ParamValues } | { readonly errors: ScheduleErrors } => {
  if (declared === undefined) return { values: form.given };
  const { values, errors } = readForm(declared, paramTexts(form, declared));
  if (errors !== undefined)
    return { errors: Object.fromEntries(Object.entries(errors).map(([name, error]) => [`params.${name}`, error])) };
  const untouched = Object.entries(form.given).filter(
    ([name]) => Object.hasOwn(declared, name) && form.params[name] === undefined,
  );
  return { values: { ...values, ...Object.fromEntries(untouched) } };
};

const readTags = (text: string): { readonly tags: Record<string, string> } | { readonly error: string } => {
  const tags: Record<string, string> = {};
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (line === '') continue;
    const at = line.indexOf('=');
    if (at < 1) return { error: `'${line}' is not name=value` };
    tags[line.slice(0, at).trim()] = line.slice(at + 1).trim();
  }
  return { tags };
};

/** What is written in fields, without those that are empty. */
const written = <K extends string>(fields: Readonly<Record<K, string>>): { readonly [P in K]?: string } => {
  const known: { [P in K]?: string } = {};
  for (const name in fields) if (fields[name].trim() !== '') known[name] = fields[name].trim();
  return known;
};

const dialectOf = (text: string) => {
  const dialect = dialects.find((one) => one === text);
  return dialect === undefined ? {} : { dialect };
};

/** The part of a form that says when. */
const timesOf = ({ dialect, zone, start, end, expression }: ScheduleForm) => ({
  ...{ expression: expression.trim(), ...dialectOf(dialect) },
  ...written({ zone, start, end }),
});

const issuesByField = (
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): ScheduleErrors =>
  Object.fromEntries(issues.toReversed().map(({ path, message }) => [String(path[0] ?? 'expression'), message]));

const wordsFor = (errors: ScheduleErrors, form: ScheduleForm): ScheduleErrors => ({
  ...errors,
  ...(form.job.trim() === '' ? { job: 'is required: the name of a stored job' } : {}),
  ...(form.expression.trim() === '' ? { expression: 'is required, such as 0 2 * * *' } : {}),
});

/** What stands in the fields as a request, as far as it can be read; the schema says what is wrong with it. */
const asRequest = (form: ScheduleForm): Readonly<Record<string, unknown>> => {
  const { job, description, jitter, catchUp, overlap, calendars } = form;
  return {
    ...timesOf(form),
    ...written({ job, description, jitter }),
    ...{ overlap, calendars },
    ...(catchUp.trim() === '' ? {} : { catchUp: { deadline: catchUp.trim() } }),
  };
};

const nameProblem = (text: string): ScheduleErrors => {
  if (text === '') return { name: 'is required' };
  const name = scheduleNameSchema.safeParse(text);
  return name.success ? {} : { name: name.error.issues[0]?.message ?? '' };
};

/** The request that a form says. `declared` are the params of its job, where they are known. `isNew` says whether it may be stored paused. */
export const readScheduleForm = (
  form: ScheduleForm,
  declared: DeclaredParams | undefined,
  isNew: boolean,
): ScheduleReading => {
  const name = form.name.trim();
  const params = readParams(form, declared);
  const tags = readTags(form.tags);
  const request = putScheduleRequestSchema.safeParse(asRequest(form));
  const errors: ScheduleErrors = {
    ...nameProblem(name),
    ...(request.success ? {} : wordsFor(issuesByField(request.error.issues), form)),
    ...('error' in tags ? { tags: tags.error } : {}),
    ...('errors' in params ? params.errors : {}),
  };
  if (!request.success || !('values' in params) || !('tags' in tags) || errors['name'] !== undefined) return { errors };
  // Nothing is said of whether it is enabled, so that a paused schedule stays so.
  const paused = isNew && form.isPaused ? { enabled: false } : {};
  return { name, request: { ...request.data, ...tags, params: params.values, ...paused } };
};

/** What to ask of the preview; undefined while nothing can be asked. */
export const previewOf = (form: ScheduleForm, count: number): PreviewScheduleRequestInput | undefined => {
  const asked = { ...timesOf(form), calendars: [...form.calendars], count };
  return previewScheduleRequestSchema.safeParse(asked).success ? asked : undefined;
};

/** The field that a refusal of the server is about. */
export const fieldOfRefusal = (message: string, form: Pick<ScheduleForm, 'zone' | 'job'>): string => {
  const zone = form.zone.trim();
  if (zone !== '' && message.startsWith(`'${zone}'`)) return 'zone';
  return 'expression';
};
