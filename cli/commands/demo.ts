import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { parseJobFile } from '#shared/job/job-file.ts';
import { defineCommand } from '../command.ts';
import { openConnection } from '../connection.ts';
import { readInputFile } from '../inputs/read-file.ts';
import { followRun } from '../runs/follow-command.ts';
import { submitOnce } from '../runs/submit.ts';

const jobFile = fileURLToPath(new URL('../../examples/rolling.yaml', import.meta.url));

/** `drover demo`. */
export const demoCommand = defineCommand({
  name: 'demo',
  summary: 'Run an example job on the local cloud, and show what it did',
  details: 'Always the local cloud of this machine, whatever server is configured.',
  schema: z.object({}),
  run: async (session) => {
    const { host, say, settings } = session;
    const connection = await openConnection({ ...settings, server: undefined }, host);
    try {
      say('A local cloud with two regions: instances of AWS in eu-west-1 and of Alibaba Cloud in cn-hangzhou.');
      say(`The job is ${jobFile}: check every node, roll out in rounds of 1, 10%, 50%, 100%, report.\n`);
      const { text, fileName } = await readInputFile(host, jobFile);
      const { run } = await submitOnce(host, connection.client, { job: parseJobFile(text, fileName) });
      const exitCode = await followRun(session, connection, run, { watch: true });
      const { items } = await connection.client.listResults(run.runId, { operation: 'start', limit: 3 });
      say(`\nWhat three of the nodes said:\n${items.map((one) => `  ${one.name}: ${one.stdout.trim()}`).join('\n')}`);
      say(
        '\nYour turn: npx drover run start examples/failing.yaml, then npx drover run show last and npx drover run continue last. The same in a browser: npx drover console',
      );
      return exitCode;
    } finally {
      await connection.close();
    }
  },
});
