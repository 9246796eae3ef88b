import { type AgentState, agentStateOf, type InventoryNode } from '#shared/model/node.ts';
import { statusColor, statusSign } from '../parts/status-looks.ts';
import { VirtualRows, type WideColumn } from '../parts/virtual-rows.tsx';
import { agentWords, cloudName, looksOf, tagsText } from './node-words.ts';

const AgentMark = ({ state, words }: { readonly state: AgentState; readonly words: string }) => (
  <>
    <span aria-hidden style={{ color: statusColor(looksOf[state]) }}>
      {statusSign(looksOf[state])}
    </span>{' '}
    {words}
  </>
);

const columns: readonly WideColumn<InventoryNode>[] = [
  { title: 'Name', width: 'minmax(120px, 1.2fr)', cell: ({ name }) => <span title={name}>{name}</span> },
  { title: 'Id', width: 'minmax(120px, 1.2fr)', cell: ({ id }) => <code title={id}>{id}</code> },
  { title: 'Cloud', width: '110px', cell: ({ agent }) => cloudName(agent) },
  {
    title: 'Where',
    width: 'minmax(110px, 1fr)',
    cell: ({ account, region }) => (account === undefined ? region : `${region} · ${account}`),
  },
  { title: 'System', width: '80px', cell: ({ os }) => os },
  {
    title: 'Agent',
    width: 'minmax(110px, 1fr)',
    cell: (node) => <AgentMark state={agentStateOf(node)} words={agentWords(node)} />,
  },
  {
    title: 'Version',
    width: '110px',
    cell: ({ agentVersion, agentOutdated }) => (
      <>
        {agentVersion} {agentOutdated === true && <span className="dim">old</span>}
      </>
    ),
  },
  {
    title: 'Tags',
    width: 'minmax(160px, 2fr)',
    cell: ({ tags }) => <span title={tagsText(tags)}>{tagsText(tags)}</span>,
  },
];

/** Nodes of the inventory, however many. */
export const NodeTable = ({
  nodes,
  onEnd,
}: {
  readonly nodes: readonly InventoryNode[];
  readonly onEnd?: (() => void) | undefined;
}) => <VirtualRows label="Nodes" columns={columns} rows={nodes} keyOf={({ id }) => id} onEnd={onEnd} />;
