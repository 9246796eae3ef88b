import type { RunRequestInput } from '#shared/client/client.ts';
import { toAppError } from '#shared/errors/app-error.ts';
import { type NodeId, nodeIdSchema } from '#shared/model/ids.ts';
import { type Job, type ParamValues, paramValuesSchema } from '#shared/model/job.ts';
import { type FieldTexts, firstTexts, readForm } from './param-form.ts';

/** What the form of a start holds. */
export interface RunForm {
  readonly params: FieldTexts;
  /** Empty: all of them. */
  readonly groups: readonly string[];
  readonly phases: readonly string[];
  /** Ids of nodes, apart by blanks, commas or lines; empty: all that the job means. */
  readonly nodes: string;
  /** A map as JSON, or nothing. */
  readonly context: string;
}

/** What is wrong, by field. */
export interface RunFormErrors {
  readonly params: FieldTexts;
  readonly nodes?: string;
  readonly context?: string;
}

/** The part of a run's request that a form says, or what is wrong with it. */
export type RunFormReading =
  | { readonly request: Omit<RunRequestInput, 'job'>; readonly errors?: undefined }
  | { readonly errors: RunFormErrors; readonly request?: undefined };

/** The form of a job as it is opened. */
export const openRunForm = (job: Pick<Job, 'spec'>): RunForm => ({
  params: firstTexts(job.spec.params),
  groups: [],
  phases: [],
  nodes: '',
  context: '',
});

/** Ids of nodes in a text, each once, or what is wrong with the first that is none. */
export const readNodeIds = (text: string): { readonly ids: NodeId[] } | { readonly error: string } => {
  const ids: NodeId[] = [];
  for (const word of new Set(text.split(/[\s,]+/).filter((one) => one !== ''))) {
    const id = nodeIdSchema.safeParse(word);
    if (!id.success) return { error: `'${word}' ${id.error.issues[0]?.message}` };
    ids.push(id.data);
  }
  return { ids };
};

const readContext = (text: string): { readonly context?: ParamValues } | { readonly error: string } => {
  if (text.trim() === '') return {};
  try {
    const read = paramValuesSchema.safeParse(JSON.parse(text));
    return read.success ? { context: read.data } : { error: 'is not a map, such as {"ticket": "OPS-1"}' };
  } catch {
    // Not JSON: that is what is said.
    return { error: 'is not JSON, such as {"ticket": "OPS-1"}' };
  }
};

/** The request that a form says. */
export const readRunForm = (job: Pick<Job, 'spec'>, form: RunForm): RunFormReading => {
  const params = readForm(job.spec.params, form.params);
  const nodes = readNodeIds(form.nodes);
  const context = readContext(form.context);
  if (params.errors !== undefined || 'error' in nodes || 'error' in context)
    return {
      errors: {
        params: params.errors ?? {},
        ...('error' in nodes ? { nodes: nodes.error } : {}),
        ...('error' in context ? { context: context.error } : {}),
      },
    };
  const only = {
    ...(form.groups.length === 0 ? {} : { groups: [...form.groups] }),
    ...(form.phases.length === 0 ? {} : { phases: [...form.phases] }),
    ...(nodes.ids.length === 0 ? {} : { nodes: nodes.ids }),
  };
  return { request: { params: params.values, only, ...context } };
};

/** What the server said of params, at their fields. */
export const paramErrors = (error: unknown): FieldTexts => {
  const { code, places } = toAppError(error);
  if (code !== 'params.invalid') return {};
  return Object.fromEntries(
    places.flatMap(({ path, message }) =>
      path?.startsWith('/') === true ? [[path.slice(1).replaceAll('~1', '/').replaceAll('~0', '~'), message]] : [],
    ),
  );
};
