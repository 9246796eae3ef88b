import { allPages } from '#shared/client/all-pages.ts';
import type { DroverClient } from '#shared/client/client.ts';
import type { ReadingView } from '#shared/contract/node-views.ts';
import type { NodesQuery } from '#shared/contract/requests.ts';
import type { InventoryNode } from '#shared/model/node.ts';

/** Nodes of the inventory, and what is known of the reading that they are from. */
export interface NodeList extends ReadingView {
  readonly items: readonly InventoryNode[];
}

/** The nodes that a query finds, all pages. What is said of the reading is that of the last page, should it change on the way. */
export const readNodeList = async (
  client: Pick<DroverClient, 'listNodes'>,
  query: Pick<NodesQuery, 'where' | 'set' | 'refresh'> = {},
): Promise<NodeList> => {
  let reading: ReadingView = { readAt: '' };
  const items: InventoryNode[] = [];
  const pages = allPages(async (wanted) => {
    const page = await client.listNodes({ ...query, ...wanted });
    reading = { readAt: page.readAt, ...(page.problem === undefined ? {} : { problem: page.problem }) };
    return page;
  });
  for await (const node of pages) items.push(node);
  return { items, ...reading };
};
