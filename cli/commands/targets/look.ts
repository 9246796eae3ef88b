import * as z from 'zod';
import { gatherPages } from '#shared/client/all-pages.ts';
import type { TargetSetChange, TargetSetSummary } from '#shared/contract/target-views.ts';
import { timeText } from '#shared/format/time-text.ts';
import { defineCommand } from '../../command.ts';
import { readNodeList } from '../../inputs/node-list.ts';
import { readingText } from '../../output/age-text.ts';
import { nodesText } from '../../output/nodes-text.ts';
import { safeLine } from '../../output/safe-text.ts';
import type { Style } from '../../output/style.ts';
import { type Column, renderTable } from '../../output/table.ts';
import { defineNamesLs } from '../names-ls.ts';

const columns = (style: Style): readonly Column<TargetSetSummary>[] => [
  { title: 'SET', cell: ({ name }) => name },
  { title: 'REVISION', cell: ({ revision }) => String(revision), align: 'right' },
  { title: 'PUT', cell: ({ at }) => timeText(at) },
  { title: 'BY', cell: ({ actor }) => safeLine(actor, 40) },
  { title: 'REMOVED', cell: ({ removed }) => (removed ? 'yes' : ''), paint: (_row, text) => style.red(text) },
  { title: 'TARGETS', cell: ({ outline }) => safeLine(outline, 80) },
  { title: 'DESCRIPTION', cell: ({ description = '' }) => safeLine(description, 60) },
];

/** `drover targets ls`. */
export const targetsLsCommand = defineNamesLs({
  summary: 'List the target sets',
  columns,
  list: (client, query) => client.listTargetSets(query),
});

/** `drover targets show`. */
export const targetsShowCommand = defineCommand({
  name: 'show',
  summary: 'Show a target set and the nodes that it means now',
  args: { '<name>': 'name' },
  options: [
    { flags: '--revision <n>', description: 'what it said then, without its nodes' },
    { flags: '--refresh', description: 'read the clouds now, whatever is known of them' },
  ],
  schema: z.object({ revision: z.coerce.number().int().min(1).optional(), refresh: z.boolean().optional() }),
  run: async (session, { revision, refresh }, [name = '']) => {
    const { client } = await session.connect();
    const { view, etag } = await client.viewTargetSet(name, revision === undefined ? {} : { revision });
    const says = view.where === undefined ? (view.nodes ?? []).join(' ') : view.where;
    const title = `${session.style.bold(name)}  revision ${view.revision}, put ${timeText(view.at)} by ${safeLine(view.actor, 40)}\n${view.description === undefined ? '' : `${safeLine(view.description, 200)}\n`}${safeLine(says, 2000)}\n`;
    if (revision !== undefined) {
      session.print({ ...view, etag }, () => title);
      return 0;
    }
    const list = await readNodeList(client, { set: name, ...(refresh === undefined ? {} : { refresh }) });
    const found = new Set(list.items.map(({ id }) => id));
    const unknown = (view.nodes ?? []).filter((id) => !found.has(id));
    session.print(
      { ...view, etag, matches: list.items, unknown, readAt: list.readAt },
      () => `${title}\n${nodesText(list.items, session.style)}`,
    );
    if (unknown.length > 0)
      session.say(`${session.style.yellow('warning')} not in the inventory: ${safeLine(unknown.join(', '), 400)}`);
    session.say(`${list.items.length} nodes ${readingText(list, session.host.now(), session.style)}`);
    return 0;
  },
});

const changeColumns: readonly Column<TargetSetChange>[] = [
  { title: 'REVISION', cell: ({ revision }) => String(revision), align: 'right' },
  { title: 'WHAT', cell: ({ action }) => (action === 'put' ? 'put' : 'removed') },
  { title: 'TARGETS', cell: ({ outline }) => safeLine(outline, 80) },
  { title: 'AT', cell: ({ at }) => timeText(at) },
  { title: 'BY', cell: ({ actor }) => safeLine(actor, 40) },
  { title: 'COMMENT', cell: ({ comment = '' }) => safeLine(comment, 100) },
];

/** `drover targets history`. */
export const targetsHistoryCommand = defineCommand({
  name: 'history',
  summary: 'List who made a target set mean what and when, newest first',
  args: { '<name>': 'name' },
  schema: z.object({}),
  run: async (session, _options, [name = '']) => {
    const { client } = await session.connect();
    const items = await gatherPages((page) => client.listTargetSetChanges(name, page));
    session.print({ items }, () => renderTable(changeColumns, items, session.style));
    return 0;
  },
});
