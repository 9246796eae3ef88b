import type { InventoryNode } from '#shared/model/node.ts';
import { safeLine } from './safe-text.ts';
import type { Style } from './style.ts';
import { type Column, renderTable } from './table.ts';

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

/** Nodes of the inventory as a table. */
export const nodesText = (nodes: readonly InventoryNode[], style: Style): string =>
  renderTable(columns(style), nodes, style);
