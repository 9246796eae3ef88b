import type { AgentPlace, AgentsView } from '#shared/contract/agent-views.ts';
import { Panel } from '../parts/panel.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { cloudName } from './node-words.ts';

const versionsText = ({ versions }: AgentPlace): string =>
  versions
    .slice(0, 3)
    .map(({ version, count }) => `${version} (${count})`)
    .join(', ') + (versions.length > 3 ? ` and ${versions.length - 3} more` : '');

const columns: readonly Column<AgentPlace>[] = [
  { title: 'Cloud', cell: ({ agent }) => cloudName(agent) },
  { title: 'Account', cell: ({ account }) => account ?? <span className="dim">own</span> },
  { title: 'Region', cell: ({ region }) => region },
  { title: 'Online', isNumber: true, cell: ({ online }) => online },
  { title: 'Silent', isNumber: true, cell: ({ silent }) => silent },
  { title: 'No agent', isNumber: true, cell: ({ missing }) => missing },
  { title: 'Shut down', isNumber: true, cell: ({ stopped }) => stopped },
  { title: 'Versions', cell: versionsText },
];

/** How the agents stand, by cloud, account and region. */
export const AgentsPanel = ({ agents }: { readonly agents: AgentsView }) => (
  <Panel title="Agents">
    <Table
      label="Agents"
      columns={columns}
      rows={agents.places}
      keyOf={({ agent, account, region }) => `${agent} ${account ?? ''} ${region}`}
    />
  </Panel>
);
