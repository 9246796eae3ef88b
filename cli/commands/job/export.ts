import * as z from 'zod';
import { toYaml } from '#shared/format/to-yaml.ts';
import { defineCommand } from '../../command.ts';
import { jobArgument } from '../../inputs/references.ts';
import { writeTextFile } from '../../output/write-file.ts';

/** `drover job export`. */
export const jobExportCommand = defineCommand({
  name: 'export',
  summary: 'Print a stored job as a job file',
  details:
    'YAML, or JSON with -o json. Equal jobs give equal files, without comments and without what is only a default.',
  args: { '<job>': 'name or name@revision' },
  options: [{ flags: '--out <file>', description: 'write it there' }],
  schema: z.object({ out: z.string().optional() }),
  run: async (session, { out }, [text = '']) => {
    const { host, settings } = session;
    const { name, revision } = jobArgument(text);
    const { client } = await session.connect();
    const { job } = (await client.viewJob(name, revision === undefined ? {} : { revision })).view;
    const content = settings.format === 'json' ? `${JSON.stringify(job, null, 2)}\n` : toYaml(job);
    if (out === undefined) host.stdout.write(content);
    else {
      await writeTextFile(out, content);
      session.say(`Wrote ${out}`);
    }
    return 0;
  },
});
