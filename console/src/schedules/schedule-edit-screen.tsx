import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import type { Preconditions } from '#shared/contract/library-requests.ts';
import { isAppError } from '#shared/errors/app-error.ts';
import { useApi } from '../api/api-context.ts';
import { Button } from '../parts/button.tsx';
import { Failure } from '../parts/failure.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Loading } from '../parts/states.tsx';
import { formOfSchedule, newScheduleForm, type ScheduleForm } from './schedule-form.ts';
import { type ReadSchedule, ScheduleFormView } from './schedule-form-view.tsx';
import { schedulePath } from './schedule-path.ts';
import styles from './schedules.module.css';

interface Saving {
  readonly schedule: ReadSchedule;
  /** What must hold; absent: whatever is stored now is replaced. */
  readonly on: Preconditions | undefined;
}

const useSave = () => {
  const { client } = useApi();
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async ({ schedule: { name, request }, on }: Saving) =>
      client.putSchedule(name, request, on ?? { ifMatch: (await client.viewSchedule(name)).etag }),
    onSuccess: async ({ view }) => {
      await Promise.all(
        [['schedules'], ['schedule', view.name]].map((queryKey) => queries.invalidateQueries({ queryKey })),
      );
      await navigate(schedulePath(view.name));
    },
  });
};

const Conflict = (props: { readonly name: string; readonly isSaving: boolean; readonly onSaveOver: () => void }) => {
  const { name, isSaving, onSaveOver } = props;
  return (
    <div className={styles['told']} role="alert">
      <p>
        Nothing was saved: the schedule <Link to={schedulePath(name)}>{name}</Link> is another one than this form goes
        on from. Look at it, give yours another name, or put yours in its place.
      </p>
      <Button kind="danger" disabled={isSaving} onClick={onSaveOver}>
        Save over it
      </Button>
    </div>
  );
};

const FormAndSave = (props: { readonly first: ScheduleForm; readonly etag?: string }) => {
  const { first, etag } = props;
  const save = useSave();
  const isConflict = isAppError(save.error, 'precondition.failed');
  return (
    <>
      <ScheduleFormView
        first={first}
        isNew={etag === undefined}
        isSaving={save.isPending}
        onSave={(schedule) =>
          save.mutate({ schedule, on: etag === undefined ? { ifNoneMatch: '*' } : { ifMatch: etag } })
        }
      />
      {save.error !== null && !isConflict && <Failure error={save.error} />}
      {isConflict && save.variables !== undefined && (
        <Conflict
          name={save.variables.schedule.name}
          isSaving={save.isPending}
          onSaveOver={() => save.mutate({ schedule: save.variables.schedule, on: undefined })}
        />
      )}
    </>
  );
};

/** Makes a schedule; `?job=NAME` says of which job. */
export const NewScheduleScreen = () => {
  const [search] = useSearchParams();
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <>
      <PageHead title="New schedule" facts="Starts a stored job by the clock." />
      <FormAndSave key={search.get('job')} first={newScheduleForm(search.get('job') ?? '', zone)} />
    </>
  );
};

/** Changes a schedule. */
export const EditScheduleScreen = () => {
  const name = useParams()['schedule'] ?? '';
  const { client } = useApi();
  const { data, error, refetch } = useQuery({
    queryKey: ['schedule-form', name],
    queryFn: () => client.viewSchedule(name),
    // What is being filled in goes on from this one, whatever is stored meanwhile.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  return (
    <>
      <PageHead
        title={
          <>
            Change <Link to={schedulePath(name)}>{name}</Link>
          </>
        }
      />
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <Loading what={`schedule ${name}`} />}
      {data !== undefined && <FormAndSave key={data.etag} first={formOfSchedule(data.view)} etag={data.etag} />}
    </>
  );
};
