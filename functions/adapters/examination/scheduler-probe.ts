import { GetScheduleGroupCommand, type SchedulerClient } from '@aws-sdk/client-scheduler';
import { callService } from '#functions/adapters/aws/service-error.ts';
import type { Probe } from '#shared/ports/examination.ts';

/** Whether the group that schedules are kept in is there. */
export const schedulerProbe = (client: SchedulerClient, groupName: string): Probe => ({
  check: 'scheduler',
  needs: `Allow scheduler:GetScheduleGroup on the schedule group ${groupName}, or deploy again if it is gone.`,
  look: async () => {
    const { State } = await callService(
      { name: `The schedule group ${groupName}`, unavailable: 'scheduler.unavailable' },
      client.send(new GetScheduleGroupCommand({ Name: groupName })),
    );
    if (State === 'ACTIVE') return { status: 'ok', says: `The schedule group ${groupName} is ACTIVE` };
    return {
      status: 'problem',
      says: `The schedule group ${groupName} is ${State}`,
      advice: 'Deploy again, and put every schedule again: those of a group go with it.',
    };
  },
});
