import * as z from 'zod';
import { gatherPages } from '#shared/client/all-pages.ts';
import type { CommandChange } from '#shared/contract/library-views.ts';
import { timeText } from '#shared/format/time-text.ts';
import { shortVersion } from '#shared/library/command-reference.ts';
import { defineCommand } from '../../command.ts';
import { commandArgument } from '../../inputs/references.ts';
import { safeLine } from '../../output/safe-text.ts';
import { type Column, renderTable } from '../../output/table.ts';

const columns: readonly Column<CommandChange>[] = [
  { title: 'CHANGE', cell: ({ change }) => String(change), align: 'right' },
  { title: 'WHAT', cell: ({ action }) => (action === 'put' ? 'put' : 'removed') },
  { title: 'VERSION', cell: ({ version }) => shortVersion(version) },
  { title: 'AT', cell: ({ at }) => timeText(at) },
  { title: 'BY', cell: ({ actor }) => safeLine(actor, 40) },
  { title: 'COMMENT', cell: ({ comment = '' }) => safeLine(comment, 100) },
];

/** `drover command history`. */
export const commandHistoryCommand = defineCommand({
  name: 'history',
  summary: 'List who put which version of a command when, newest first',
  args: { '<command>': 'name' },
  schema: z.object({}),
  run: async (session, _options, [text = '']) => {
    const { name } = commandArgument(text);
    const { client } = await session.connect();
    const items = await gatherPages((page) => client.listCommandChanges(name, page));
    session.print({ items }, () => renderTable(columns, items, session.style));
    return 0;
  },
});
