import * as z from 'zod';
import { gatherPages } from '#shared/client/all-pages.ts';
import type { InventoryNode } from '#shared/model/node.ts';
import { defineCommand } from '../../command.ts';
import { targetsOfFlags } from '../../inputs/where.ts';
import { safeLine } from '../../output/safe-text.ts';
import type { Style } from '../../output/style.ts';
import { type Column, renderTable } from '../../output/table.ts';

/** Only where there is more than the own account. */
const accountColumn = (items: readonly InventoryNode[]): readonly Column<InventoryNode>[] =>
  items.some(({ account }) => account !== undefined)
    ? [{ title: 'ACCOUNT', cell: ({ account }) => account ?? 'own' }]
    : [];

const columns = (items: readonly InventoryNode[], style: Style): readonly Column<InventoryNode>[] => [
  { title: 'NODE', cell: ({ id }) => id },
  { title: 'NAME', cell: ({ name }) => safeLine(name, 60) },
  { title: 'HOST', cell: ({ host, port }) => (port === undefined ? host : `${host}:${port}`) },
  { title: 'AGENT', cell: ({ agent }) => agent },
  ...accountColumn(items),
  { title: 'REGION', cell: ({ region }) => region },
  { title: 'OS', cell: ({ os }) => os },
  {
    title: 'ONLINE',
    cell: ({ online }) => (online ? 'yes' : 'no'),
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
  ],
  schema: z.object({ where: z.string().optional(), tag: z.array(z.string()).optional() }),
  run: async (session, options) => {
    const where = targetsOfFlags(options)?.where;
    const { client } = await session.connect();
    const items = await gatherPages((cursor) =>
      client.listNodes({
        limit: 1000,
        ...(where === undefined ? {} : { where }),
        ...(cursor === undefined ? {} : { cursor }),
      }),
    );
    session.print({ items }, () => renderTable(columns(items, session.style), items, session.style));
    return 0;
  },
});
