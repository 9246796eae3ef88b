import { timedFire } from '#functions/timed-fire/timed-fire.ts';
import type { Preconditions } from '#shared/contract/library-requests.ts';
import type { PutScheduleRequestInput } from '#shared/contract/schedule-views.ts';
import { putScheduleRequestSchema } from '#shared/contract/schedule-views.ts';
import { jobOf, op, type Rig } from '#test/kit/rig.ts';
import { newRunId } from '#test/kit/store-samples.ts';
import { silentLog } from '#test/kit/system.ts';

let names = 0;

/** A rig with a stored job, and a schedule of it under a name of its own. */
export const scheduled = async (
  rig: Rig,
  more: Partial<PutScheduleRequestInput> = {},
  spec: Readonly<Record<string, unknown>> = {},
) => {
  names += 1;
  const [jobName, name] = [`job-${names}`, `timed-${names}`];
  const job = jobOf([{ name: 'g', phases: [{ name: 'p', operations: [op('work')] }] }], spec);
  await rig.services.applyJob(jobName, { job: { ...job, metadata: { name: jobName } } }, { actor: 'ann' });
  const request = putScheduleRequestSchema.parse({ job: jobName, expression: '* * * * *', ...more });
  const putIf = (conditions: Preconditions, change: Partial<PutScheduleRequestInput> = {}) =>
    rig.services.putSchedule(name, putScheduleRequestSchema.parse({ ...request, ...change }), {
      actor: 'ann',
      ...conditions,
    });
  const put = async (change: Partial<PutScheduleRequestInput> = {}) => (await putIf({}, change)).view;
  const view = await put();
  const history = async () =>
    (await rig.services.listFirings(name, { limit: 100 })).items.map(({ dueAt, status }) => [
      dueAt.slice(11, 16),
      status,
    ]);
  const fire = timedFire({
    ...{ store: rig.store, submit: rig.services.submitRun, ids: { runId: newRunId }, clock: rig.clock },
    log: silentLog,
  });
  return {
    ...{ name, jobName, request, view, put, putIf, history },
    fire: (at: string) => fire({ schedule: name, at }),
    sweep: () => rig.timed.sweep(name),
    firings: async () => (await rig.services.listFirings(name, { limit: 100 })).items,
  };
};
