import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useId, useMemo } from 'react';
import { readJobReference } from '#shared/library/job-reference.ts';
import { jobSchema } from '#shared/model/job.ts';
import { useApi } from '../api/api-context.ts';
import { jobQuery, jobsQuery } from '../api/job-queries.ts';
import { ParamField } from '../jobs/start/param-field.tsx';
import { asked, type DeclaredParams } from '../jobs/start/param-form.ts';
import { Fields, FormField } from '../parts/form-field.tsx';
import { Panel } from '../parts/panel.tsx';
import { useQuiet } from '../parts/quiet.ts';
import { Empty } from '../parts/states.tsx';
import type { FormPartProps } from './form-part.ts';
import { paramTexts, strayParams } from './schedule-form.ts';

/** The params of the job that a form names, and whether there is such a job. */
export interface NamedJob {
  readonly declared: DeclaredParams | undefined;
  readonly problem: string | undefined;
}

/** Looks the job of a form up, a moment after its name was last changed. */
export const useNamedJob = (written: string): NamedJob => {
  const { client } = useApi();
  const name = useQuiet(written.trim(), 250);
  const reference = readJobReference(name);
  const { data, error } = useQuery({
    ...jobQuery(client, reference?.name ?? '', reference?.revision),
    enabled: reference !== undefined,
    retry: false,
    staleTime: 30_000,
  });
  const declared = useMemo(() => (data === undefined ? undefined : jobSchema.parse(data.view.job).spec.params), [data]);
  if (name === '') return { declared: undefined, problem: undefined };
  if (reference === undefined)
    return { declared: undefined, problem: 'is not the name of a job: name or name@revision' };
  if (error !== null) return { declared: undefined, problem: error.message };
  return { declared, problem: data?.view.removed === true ? 'The job was removed: its runs would fail.' : undefined };
};

/** Offers the stored jobs. */
const JobNames = ({ id }: { readonly id: string }) => {
  const { client } = useApi();
  const { data } = useInfiniteQuery(jobsQuery(client, false));
  return (
    <datalist id={id}>
      {data?.pages.flatMap(({ items }) => items.map(({ name }) => <option key={name} value={name} />))}
    </datalist>
  );
};

/** The name of the schedule and its job. */
export const JobFields = ({
  form,
  errors,
  onForm,
  isNew,
}: FormPartProps & {
  readonly isNew: boolean;
}) => {
  const list = useId();
  return (
    <Fields>
      <FormField
        label="Name"
        isRequired
        error={errors['name']}
        hint={isNew ? 'Letters, digits, . _ -; at most 60.' : undefined}
      >
        {(field) => (
          <input
            {...field}
            autoComplete="off"
            spellCheck={false}
            readOnly={!isNew}
            placeholder="nightly"
            value={form.name}
            onChange={({ target }) => onForm({ name: target.value })}
          />
        )}
      </FormField>
      <FormField
        label="Job"
        isRequired
        error={errors['job']}
        hint="A stored job: its latest revision when it is due, or name@revision."
      >
        {(field) => (
          <>
            <input
              {...field}
              list={list}
              autoComplete="off"
              spellCheck={false}
              value={form.job}
              onChange={({ target }) => onForm({ job: target.value, params: {} })}
            />
            <JobNames id={list} />
          </>
        )}
      </FormField>
    </Fields>
  );
};

/** The params that each run is given. */
export const JobParams = ({
  form,
  errors,
  onForm,
  declared,
}: FormPartProps & { readonly declared: DeclaredParams }) => {
  const texts = paramTexts(form, declared);
  const stray = strayParams(form, declared);
  const names = asked(declared);
  return (
    <Panel title="Params of each run">
      {names.length === 0 && stray.length === 0 && <Empty>The job takes no params.</Empty>}
      {stray.length > 0 && (
        <Empty>{`The job has no param ${stray.join(', ')}: what was stored for it is left out when this is saved.`}</Empty>
      )}
      {names.length > 0 && (
        <Fields>
          {names.map(([name, param]) => (
            <ParamField
              key={name}
              name={name}
              param={param}
              text={texts[name] ?? ''}
              error={errors[`params.${name}`]}
              onText={(text) => onForm({ params: { ...form.params, [name]: text } })}
            />
          ))}
        </Fields>
      )}
    </Panel>
  );
};
