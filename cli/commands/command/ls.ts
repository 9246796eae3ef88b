import { gatherPages } from '#shared/client/all-pages.ts';
import type { CommandSummary } from '#shared/contract/library-views.ts';
import { shortVersion } from '#shared/library/command-reference.ts';
import { defineCommand } from '../../command.ts';
import { namesFlagsSchema, namesOptions } from '../../inputs/library-flags.ts';
import { safeLine } from '../../output/safe-text.ts';
import type { Style } from '../../output/style.ts';
import { type Column, renderTable } from '../../output/table.ts';

const columns = (style: Style): readonly Column<CommandSummary>[] => [
  { title: 'COMMAND', cell: ({ name }) => name },
  { title: 'VERSION', cell: ({ version }) => shortVersion(version) },
  { title: 'TYPE', cell: ({ type }) => type },
  { title: 'INTERPRETER', cell: ({ interpreter }) => interpreter },
  { title: 'CHANGED', cell: ({ at }) => at.replace(/\.\d+Z$/, 'Z') },
  { title: 'BY', cell: ({ actor }) => safeLine(actor, 40) },
  { title: 'REMOVED', cell: ({ removed }) => (removed ? 'yes' : ''), paint: (_row, text) => style.red(text) },
  { title: 'DESCRIPTION', cell: ({ description = '' }) => safeLine(description, 80) },
];

/** `drover command ls`. */
export const commandLsCommand = defineCommand({
  name: 'ls',
  summary: 'List the commands of the library',
  args: { '[prefix]': 'only names that begin with this, such as ops/' },
  options: namesOptions,
  schema: namesFlagsSchema,
  run: async (session, { removed }, [prefix]) => {
    const { client } = await session.connect();
    const items = await gatherPages((page) =>
      client.listCommands({
        ...page,
        removed,
        ...(prefix === undefined ? {} : { prefix }),
      }),
    );
    session.print({ items }, () => renderTable(columns(session.style), items, session.style));
    return 0;
  },
});
