import type { InventoryNode } from '#shared/model/node.ts';
import { safeLine } from './safe-text.ts';
import type { Style } from './style.ts';
import { type Column, renderTable } from './table.ts';

const onlineText = ({ online, agentMissing, stopped }: InventoryNode): string => {
  if (online) return 'yes';
  if (stopped === true) return 'stopped';
  return agentMissing === true ? 'no agent' : 'no';
};

/** Only where there is more than the own account. */
const accountColumn = (nodes: readonly InventoryNode[]): readonly Column<InventoryNode>[] =>
  nodes.some(({ account }) => account !== undefined)
    ? [{ title: 'ACCOUNT', cell: ({ account }) => account ?? 'own' }]
    : [];

const columns = (nodes: readonly InventoryNode[], style: Style): readonly Column<InventoryNode>[] => [
  { title: 'NODE', cell: ({ id }) => id },
  { title: 'NAME', cell: ({ name }) => safeLine(name, 60) },
  { title: 'HOST', cell: ({ host, port }) => (port === undefined ? host : `${host}:${port}`) },
  { title: 'AGENT', cell: ({ agent }) => agent },
  ...accountColumn(nodes),
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

/** Nodes of the inventory as a table. */
export const nodesText = (nodes: readonly InventoryNode[], style: Style): string =>
  renderTable(columns(nodes, style), nodes, style);
