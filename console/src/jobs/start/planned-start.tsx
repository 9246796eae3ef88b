import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useNavigate } from 'react-router';
import type { DroverClient, RunRequestInput } from '#shared/client/client.ts';
import { isAppError } from '#shared/errors/app-error.ts';
import type { RunPlan } from '#shared/plan/run-plan.ts';
import { useApi } from '../../api/api-context.ts';
import { Button } from '../../parts/button.tsx';
import { Failure } from '../../parts/failure.tsx';
import forms from '../../parts/form.module.css';
import { PlanView } from '../plan/plan-view.tsx';
import styles from './start.module.css';

/** A plan that was shown, the request that it is of, and the key under which that starts once. */
interface Planned {
  readonly plan: RunPlan;
  readonly request: RunRequestInput;
  readonly key: string;
  /** True when another plan of the same request was shown before. */
  readonly isOther: boolean;
}

/** What a plan is asked for. */
interface PlanAsked {
  readonly request: RunRequestInput;
  /** True: the clouds are read for it. */
  readonly refresh: boolean;
}

/** Starts what was planned, or nothing; answers the plan as it is now where it has become another one. */
const startPlanned = async (client: DroverClient, { plan, request, key }: Planned) => {
  try {
    return await client.submitRun({ ...request, planDigest: plan.digest }, key);
  } catch (error) {
    if (!isAppError(error, 'plan.changed')) throw error;
    return { changed: await client.planPreview(request) };
  }
};

/** Asks for plans, and starts the one that was shown. */
export const usePlanAndStart = () => {
  const { client } = useApi();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [planned, setPlanned] = useState<Planned>();
  const plan = useMutation({
    mutationFn: async ({ request, refresh }: PlanAsked): Promise<Planned> => {
      const shown = await client.planPreview(request, refresh ? { refresh } : {});
      return { plan: shown, request, key: crypto.randomUUID(), isOther: false };
    },
    onSuccess: setPlanned,
  });
  const start = useMutation({
    mutationFn: (one: Planned) => startPlanned(client, one),
    onSuccess: async (answer, one) => {
      // Another plan is another request, which has a key of its own.
      if ('changed' in answer)
        return setPlanned({ ...one, plan: answer.changed, key: crypto.randomUUID(), isOther: true });
      await queries.invalidateQueries({ queryKey: ['runs'] });
      await navigate(`/runs/${answer.run.runId}`);
    },
  });
  const back = (): void => {
    setPlanned(undefined);
    start.reset();
  };
  return { planned, plan, start, back };
};

/** What was asked for, once its plan is there. */
export type PlanAndStart = ReturnType<typeof usePlanAndStart>;

/** The plan, and the button that starts exactly that. */
export const PlannedStart = ({
  planned,
  start,
  back,
}: Pick<PlanAndStart, 'start' | 'back'> & { readonly planned: Planned }) => {
  // A plan is read from its top, however far down its form was.
  useEffect(() => {
    // In newer browsers it answers a promise, which is nothing that an effect may answer.
    void scrollTo({ top: 0 });
  }, []);
  const isNothing = planned.plan.totals.nodeOperations === 0;
  return (
    <>
      {planned.isOther && (
        <p className={styles['changed']} role="alert">
          Nothing was started: the plan has become another one since it was shown. This is how it is now.
        </p>
      )}
      <div className={forms['act']}>
        <Button kind="primary" disabled={start.isPending || isNothing} onClick={() => start.mutate(planned)}>
          {start.isPending ? 'Starting…' : 'Start'}
        </Button>
        <Button disabled={start.isPending} onClick={back}>
          Change what is asked for
        </Button>
        {isNothing && <span className={forms['wrong']}>There is nothing to do: the run would be refused.</span>}
      </div>
      {start.error !== null && <Failure error={start.error} />}
      <PlanView plan={planned.plan} />
    </>
  );
};
