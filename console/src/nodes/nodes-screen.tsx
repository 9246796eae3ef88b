import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { createSearchParams, useSearchParams } from 'react-router';
import type { ReadingView } from '#shared/contract/node-views.ts';
import { counted } from '#shared/format/counted.ts';
import { useApi } from '../api/api-context.ts';
import { agentsQuery, type NodeScope, nodesQuery, readClouds, targetSetsQuery } from '../api/node-queries.ts';
import { Button } from '../parts/button.tsx';
import { ButtonLink } from '../parts/button-link.tsx';
import { Failure } from '../parts/failure.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Panel } from '../parts/panel.tsx';
import { Empty, Loading } from '../parts/states.tsx';
import { Ago } from '../parts/times.tsx';
import { AgentsPanel } from './agents-panel.tsx';
import { NodeTable } from './node-table.tsx';
import { SaveSetDialog } from './save-set-dialog.tsx';
import { ScopeForm } from './scope-form.tsx';

/** What names these nodes in an address. */
const namedBy = ({ where = '', set = '' }: NodeScope): Readonly<Record<string, string>> => ({
  ...(where.trim() === '' ? {} : { where }),
  ...(set === '' ? {} : { set }),
});

/** Which nodes the address names, and how to name others. */
const useScope = (): readonly [NodeScope, (scope: NodeScope) => void] => {
  const [params, setParams] = useSearchParams();
  const scope = { where: params.get('where') ?? undefined, set: params.get('set') ?? undefined };
  return [scope, (named) => setParams(namedBy(named))];
};

const Reading = ({ reading: { readAt, problem } }: { readonly reading: ReadingView }) => (
  <>
    <span>
      The clouds were read <Ago at={readAt} />
    </span>
    {problem !== undefined && <span role="alert">They cannot be read now: {problem}</span>}
  </>
);

const useReadClouds = () => {
  const { client } = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => readClouds(client),
    onSettled: () =>
      Promise.all(['nodes', 'agents'].map((queryKey) => queries.invalidateQueries({ queryKey: [queryKey] }))),
  });
};

const NodesPanel = ({ scope, onChange }: { readonly scope: NodeScope; readonly onChange: (to: NodeScope) => void }) => {
  const { client } = useApi();
  const [isSaving, setSaving] = useState(false);
  const sets = useQuery(targetSetsQuery(client));
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(nodesQuery(client, scope));
  const nodes = data?.pages.flatMap(({ items }) => items);
  const { where } = scope;
  return (
    <Panel
      title={
        nodes === undefined ? 'Nodes' : hasNextPage ? `${nodes.length} nodes or more` : counted(nodes.length, 'node')
      }
      actions={
        <>
          {where !== undefined && <Button onClick={() => setSaving(true)}>Save as target set…</Button>}
          <ButtonLink to={`/exec?${createSearchParams(namedBy(scope))}`}>Run a command…</ButtonLink>
        </>
      }
    >
      <ScopeForm scope={scope} sets={sets.data?.items ?? []} onChange={onChange} />
      {error !== null && <Failure error={error} />}
      {nodes === undefined && error === null && <Loading what="nodes" />}
      {nodes?.length === 0 && <Empty>No node is like that.</Empty>}
      {nodes !== undefined && nodes.length > 0 && (
        <NodeTable nodes={nodes} onEnd={hasNextPage && !isFetchingNextPage ? () => void fetchNextPage() : undefined} />
      )}
      {isSaving && where !== undefined && <SaveSetDialog where={where} onClose={() => setSaving(false)} />}
    </Panel>
  );
};

/** The inventory: nodes of all clouds, accounts and regions, and how their agents stand. */
export const NodesScreen = () => {
  const { client } = useApi();
  const [scope, changeScope] = useScope();
  const agents = useQuery(agentsQuery(client, scope));
  const read = useReadClouds();
  return (
    <>
      <PageHead
        title="Nodes"
        facts={agents.data !== undefined && <Reading reading={agents.data} />}
        actions={
          <Button disabled={read.isPending} onClick={() => read.mutate()}>
            {read.isPending ? 'Reading the clouds…' : 'Read the clouds again'}
          </Button>
        }
      />
      {read.error !== null && <Failure error={read.error} />}
      {agents.data !== undefined && <AgentsPanel agents={agents.data} />}
      <NodesPanel scope={scope} onChange={changeScope} />
    </>
  );
};
