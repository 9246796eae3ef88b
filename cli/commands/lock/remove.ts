import * as z from 'zod';
import { defineCommand } from '../../command.ts';
import { resolveRunId } from '../../runs/resolve-run-id.ts';

/** `drover lock rm`. */
export const lockRemoveCommand = defineCommand({
  name: 'rm',
  summary: 'Take a lock away from the runs that have it',
  details:
    'A lock is named as drover lock ls shows it: turn/<key>, node/<id> or budget/<name>. It is recorded who took it and why. A run that had it finishes what it has sent and sends nothing more before it has the lock again.',
  args: { '<lock>': 'turn/<key>, node/<id> or budget/<name>' },
  options: [
    { flags: '--run <id>', description: 'only from this run' },
    { flags: '--reason <text>', description: 'why, for those who look at it later' },
  ],
  schema: z.object({ run: z.string().optional(), reason: z.string().max(1024).optional() }),
  run: async (session, { run, reason }, [name = '']) => {
    const { client } = await session.connect();
    const runId = run === undefined ? undefined : await resolveRunId(client, run);
    const broken = await client.breakLock({
      name,
      ...(runId === undefined ? {} : { runId }),
      ...(reason === undefined ? {} : { reason }),
    });
    session.print(broken, () =>
      broken.items
        .map(
          ({ runId: owner, batchId }) =>
            `taken from run ${owner}${batchId === undefined ? '' : `, batch ${batchId}`}\n`,
        )
        .join(''),
    );
    return 0;
  },
});
