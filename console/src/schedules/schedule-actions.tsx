import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import type { FiringView, ScheduleView } from '#shared/contract/schedule-views.ts';
import { firingReason } from '#shared/format/schedule-words.ts';
import { useApi } from '../api/api-context.ts';
import { Ask, type Question } from '../parts/ask.tsx';
import { Button } from '../parts/button.tsx';
import { ButtonLink } from '../parts/button-link.tsx';
import { editSchedulePath } from './schedule-path.ts';
import styles from './schedules.module.css';

type Act = 'pause' | 'resume' | 'run' | 'remove';

const reason = 'Why, for whoever asks (optional)';

const questions = (name: string): Readonly<Record<Act, Question>> => ({
  pause: {
    title: `Pause ${name}?`,
    text: 'Nothing is started until it is resumed; runs that go on are left alone.',
    act: 'Pause it',
    reason,
  },
  resume: {
    title: `Resume ${name}?`,
    text: 'It goes on with the next due time. What was due meanwhile is recorded and not started.',
    act: 'Resume it',
    reason,
  },
  run: {
    title: `Run ${name} now?`,
    text: 'A run of its job is started now, also while it is paused. Its overlap policy holds.',
    act: 'Run it now',
    reason,
  },
  remove: {
    title: `Remove ${name}?`,
    text: 'Nothing is started by it any more; its history stays readable.',
    act: 'Remove it',
    kind: 'danger',
  },
});

/** What is being asked, and the key under which a start happens once however often it is sent. */
interface Asking {
  readonly act: Act;
  readonly key: string;
}

type Answer = { readonly act: Act; readonly firing?: FiringView };

const useAct = (name: string, onDone: (answer: Answer) => void) => {
  const { client } = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ act, key, why }: Asking & { readonly why: string }): Promise<Answer> => {
      const body = why === '' ? {} : { reason: why };
      if (act === 'run') return { act, firing: (await client.runSchedule(name, body, key)).firing };
      if (act === 'pause') await client.pauseSchedule(name, body);
      else if (act === 'resume') await client.resumeSchedule(name, body);
      else await client.removeSchedule(name);
      return { act };
    },
    onSuccess: async (answer) => {
      const keys = [['schedules'], ['firings', name], ...(answer.act === 'remove' ? [] : [['schedule', name]])];
      await Promise.all(keys.map((queryKey) => queries.invalidateQueries({ queryKey })));
      onDone(answer);
    },
  });
};

const Told = ({ firing }: { readonly firing: FiringView }): ReactNode => (
  <p className={styles['told']} role="status">
    {firing.runId === undefined ? (
      `Nothing was started: ${firing.status}. ${firingReason(firing)}`
    ) : (
      <>
        Started: <Link to={`/runs/${firing.runId}`}>{firing.runId}</Link> {firingReason(firing)}
      </>
    )}
  </p>
);

/** What can be done with a schedule; each is asked about first. */
export const ScheduleActions = ({ schedule: { name, enabled } }: { readonly schedule: ScheduleView }) => {
  const [asking, setAsking] = useState<Asking>();
  const navigate = useNavigate();
  const act = useAct(name, ({ act: done, firing }) => {
    setAsking(undefined);
    if (done === 'remove') return void navigate('/schedules');
    if (firing?.status === 'started' && firing.runId !== undefined) void navigate(`/runs/${firing.runId}`);
  });
  const ask = (one: Act): void => {
    act.reset();
    setAsking({ act: one, key: crypto.randomUUID() });
  };
  return (
    <>
      <Button kind="primary" onClick={() => ask('run')}>
        Run now
      </Button>
      {enabled ? (
        <Button onClick={() => ask('pause')}>Pause</Button>
      ) : (
        <Button onClick={() => ask('resume')}>Resume</Button>
      )}
      <ButtonLink to={editSchedulePath(name)}>Change</ButtonLink>
      <Button kind="danger" onClick={() => ask('remove')}>
        Remove
      </Button>
      {act.data?.firing !== undefined && <Told firing={act.data.firing} />}
      {asking !== undefined && (
        <Ask
          question={questions(name)[asking.act]}
          isPending={act.isPending}
          error={act.error}
          onAct={(why) => act.mutate({ ...asking, why })}
          onClose={() => setAsking(undefined)}
        />
      )}
    </>
  );
};
