import type { CommandSummary } from '#shared/contract/library-views.ts';
import { timeText } from '#shared/format/time-text.ts';
import { shortVersion } from '#shared/library/command-reference.ts';
import { safeLine } from '../../output/safe-text.ts';
import type { Style } from '../../output/style.ts';
import type { Column } from '../../output/table.ts';
import { defineNamesLs } from '../names-ls.ts';

const columns = (style: Style): readonly Column<CommandSummary>[] => [
  { title: 'COMMAND', cell: ({ name }) => name },
  { title: 'VERSION', cell: ({ version }) => shortVersion(version) },
  { title: 'TYPE', cell: ({ type }) => type },
  { title: 'INTERPRETER', cell: ({ interpreter }) => interpreter },
  { title: 'CHANGED', cell: ({ at }) => timeText(at) },
  { title: 'BY', cell: ({ actor }) => safeLine(actor, 40) },
  { title: 'REMOVED', cell: ({ removed }) => (removed ? 'yes' : ''), paint: (_row, text) => style.red(text) },
  { title: 'DESCRIPTION', cell: ({ description = '' }) => safeLine(description, 80) },
];

/** `drover command ls`. */
export const commandLsCommand = defineNamesLs({
  summary: 'List the commands of the library',
  prefix: 'ops/',
  columns,
  list: (client, query) => client.listCommands(query),
});
