import * as z from 'zod';
import type { CommandPut } from '#shared/contract/library-views.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { storedCommand } from '#shared/library/command-document.ts';
import { shortVersion } from '#shared/library/command-reference.ts';
import { commandTypes } from '#shared/model/command.ts';
import { interpreters } from '#shared/model/operation.ts';
import { defineCommand } from '../../command.ts';
import { readCommand } from '../../inputs/command-input.ts';
import { withFilePlaces } from '../../inputs/file-places.ts';
import { changeFlagsSchema, changeOptions, commentOf, conditionsOf, newOption } from '../../inputs/library-flags.ts';
import { readInputFile } from '../../inputs/read-file.ts';
import { type Column, renderTable } from '../../output/table.ts';

const columns: readonly Column<CommandPut>[] = [
  { title: 'COMMAND', cell: ({ name }) => name },
  { title: 'VERSION', cell: ({ version }) => shortVersion(version) },
  { title: 'WHAT', cell: ({ created }) => (created ? 'put' : 'unchanged') },
];

/** `drover command put`. */
export const commandPutCommand = defineCommand({
  name: 'put',
  summary: 'Put scripts into the library: command files, or one bare script with its name',
  details:
    'A command file (.yaml, .yml, .json) says name, arguments and settings. Any other file is a script: give its --name; what runs it is read from its first line (#!) or its ending. The version is the digest of content and settings, so putting the same again is no new version. Put libraries before the commands that use them.',
  args: { '<file...>': 'files, or - for standard input' },
  options: [
    { flags: '--name <name>', description: 'of a bare script: the name of the command, such as ops/restart' },
    { flags: '--interpreter <name>', description: `of a bare script: what runs it: ${interpreters.join(', ')}` },
    { flags: '--type <type>', description: 'of a bare script: script (default) or library' },
    { flags: '--description <text>', description: 'of a bare script: what it is for' },
    ...changeOptions,
    newOption,
  ],
  schema: changeFlagsSchema.extend({
    name: z.string().optional(),
    interpreter: z.enum(interpreters).optional(),
    type: z.enum(commandTypes).optional(),
    description: z.string().max(4096).optional(),
    new: z.boolean().default(false),
  }),
  run: async (session, { name, interpreter, type, description, ...flags }, paths) => {
    if (paths.length > 1 && (name !== undefined || flags.ifMatch !== undefined))
      throw new AppError('usage.invalid', '--name and --if-match are for one file');
    const items: CommandPut[] = [];
    for (const path of paths) {
      const input = await readInputFile(session.host, path);
      const { command, file } = readCommand(input, { name, interpreter, type, description });
      const { client } = await session.connect();
      const body = { command: storedCommand(command), ...commentOf(flags) };
      const put = client.putCommand(command.metadata.name, body, conditionsOf(flags));
      items.push((await withFilePlaces(file, put)).view);
    }
    session.print({ items }, () => renderTable(columns, items, session.style));
    return 0;
  },
});
