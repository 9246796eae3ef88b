import * as z from 'zod';
import { AppError } from '#shared/errors/app-error.ts';
import { toYaml } from '#shared/format/to-yaml.ts';
import { shortJob } from '#shared/job/short-job.ts';
import { defineCommand } from '../../command.ts';
import { importJob } from '../../inputs/run-request.ts';
import { writeTextFile } from '../../output/write-file.ts';

/** `drover import autoexec`. */
export const importAutoexecCommand = defineCommand({
  name: 'autoexec',
  summary: 'Turn a job of neatlogic-autoexec into a job file',
  details: 'Prints the job as YAML (or JSON with -o json); what differs from there is told on standard error.',
  options: [
    { flags: '--params <file>', description: 'the job parameter file (required)' },
    { flags: '--nodes <file>', description: 'the nodes file; its instances are looked up in the inventory' },
    { flags: '--scripts <dir>', description: 'the folder with the scripts' },
    { flags: '--out <file>', description: 'write the job there' },
    { flags: '--nodes-out <file>', description: 'write the nodes there, for --nodes-file' },
  ],
  schema: z.object({
    params: z.string({ error: 'is required: the job parameter file' }),
    nodes: z.string().optional(),
    scripts: z.string().optional(),
    out: z.string().optional(),
    nodesOut: z.string().optional(),
  }),
  run: async (session, options) => {
    if (options.nodesOut !== undefined && options.nodes === undefined)
      throw new AppError('usage.invalid', '--nodes-out needs --nodes');
    const { host, settings, say } = session;
    const { job, nodes = [] } = await importJob(
      { host, client: async () => (await session.connect()).client, say },
      options,
    );
    const short = shortJob(job);
    const text = settings.format === 'json' ? `${JSON.stringify(short, null, 2)}\n` : toYaml(short);
    if (options.nodesOut !== undefined)
      await writeTextFile(options.nodesOut, nodes.map((node) => `${JSON.stringify(node)}\n`).join(''));
    if (options.out === undefined) host.stdout.write(text);
    else await writeTextFile(options.out, text);
    for (const path of [options.out, options.nodesOut]) if (path !== undefined) say(`Wrote ${path}`);
    return 0;
  },
});
