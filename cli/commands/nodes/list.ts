import * as z from 'zod';
import type { InventoryNode } from '#shared/model/node.ts';
import { defineCommand } from '../../command.ts';
import { readNodeList } from '../../inputs/node-list.ts';
import { targetsOfFlags } from '../../inputs/where.ts';
import { readingText } from '../../output/age-text.ts';
import { safeLine } from '../../output/safe-text.ts';
import type { Style } from '../../output/style.ts';
import { type Column, renderTable } from '../../output/table.ts';

const onlineText = ({ online, agentMissing, stopped }: InventoryNode): string => {
  if (online) return 'yes';
  if (stopped === true) return 'stopped';
  return agentMissing === true ? 'no agent' : 'no';
};

const columns = (style: Style): readonly Column<InventoryNode>[] => [
  { title: 'NODE', cell: ({ id }) => id },
  { title: 'NAME', cell: ({ name }) => safeLine(name, 60) },
  { title: 'HOST', cell: ({ host, port }) => (port === undefined ? host : `${host}:${port}`) },
  { title: 'AGENT', cell: ({ agent }) => agent },
  { title: 'REGION', cell: ({ region }) => region },
  { title: 'OS', cell: ({ os }) => os },
  {
    title: 'ONLINE',
    cell: onlineText,
    paint: ({ online }, text) => (online ? text : style.yellow(text)),
  },
  {
    title: 'TAGS',
    cell: ({ tags }) =>
      safeLine(
        Object.entries(tags)
          .map(([name, value]) => `${name}=${value}`)
          .join(' '),
        100,
      ),
  },
];

/** `drover nodes list`. */
export const nodesListCommand = defineCommand({
  name: 'list',
  summary: 'List the nodes that the clouds know of',
  options: [
    { flags: '--where <condition>', description: 'only nodes for which this CEL condition over node holds' },
    { flags: '--tag <name=value>', description: 'only nodes with this tag (may be repeated: all of them)', many: true },
    { flags: '--refresh', description: 'read the clouds now, whatever is known of them' },
  ],
  schema: z.object({
    where: z.string().optional(),
    tag: z.array(z.string()).optional(),
    refresh: z.boolean().optional(),
  }),
  run: async (session, options) => {
    const where = targetsOfFlags(options)?.where;
    const { client } = await session.connect();
    const { refresh } = options;
    const list = await readNodeList(client, {
      ...(where === undefined ? {} : { where }),
      ...(refresh === undefined ? {} : { refresh }),
    });
    session.print(list, () => renderTable(columns(session.style), list.items, session.style));
    session.say(readingText(list, session.host.now(), session.style));
    return 0;
  },
});
