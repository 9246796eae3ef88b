import * as z from 'zod';
import { toYaml } from '#shared/format/to-yaml.ts';
import { parseCommand } from '#shared/library/command-document.ts';
import { defineCommand } from '../../command.ts';
import { commandArgument } from '../../inputs/references.ts';
import { writeTextFile } from '../../output/write-file.ts';

/** `drover command get`. */
export const commandGetCommand = defineCommand({
  name: 'get',
  summary: 'Print the text of a command exactly as it was put',
  details: 'With -o yaml or -o json: the whole command, as a file for drover command put.',
  args: { '<command>': 'name, name@latest, or name@ and the first digits of a version' },
  options: [{ flags: '--out <file>', description: 'write it there' }],
  schema: z.object({ out: z.string().optional() }),
  run: async (session, { out }, [text = '']) => {
    const { host, settings } = session;
    const { name, version } = commandArgument(text);
    const { client } = await session.connect();
    const { command } = (await client.viewCommand(name, { version })).view;
    const content = {
      table: () => parseCommand(command).spec.run,
      json: () => `${JSON.stringify(command, null, 2)}\n`,
      yaml: () => toYaml(command),
    }[settings.format]();
    if (out === undefined) host.stdout.write(content);
    else {
      await writeTextFile(out, content);
      session.say(`Wrote ${out}`);
    }
    return 0;
  },
});
