import type { NodesQuery } from '#shared/contract/requests.ts';
import { fittingCount } from '#shared/contract/sizes.ts';
import { parseCondition } from '#shared/expression/condition.ts';
import type { InventoryNode } from '#shared/model/node.ts';
import type { Inventory } from '#shared/ports/services.ts';
import type { Page } from '#shared/ports/store.ts';

/**
 * Nodes of the inventory, by id, read from the clouds now. The cursor is the id of the last node of the page before.
 * @throws AppError `expression.invalid`, `inventory.unavailable`
 */
export const listNodes =
  (deps: { readonly inventory: Inventory }) =>
  async ({ where, cursor, limit }: NodesQuery): Promise<Page<InventoryNode>> => {
    const condition = where === undefined ? undefined : parseCondition(where);
    const scope = { params: {}, run: { id: '', attempt: 1, job: '' }, outputs: {} };
    const wanted = (await deps.inventory.list()).filter(
      (node) => (cursor === undefined || node.id > cursor) && (condition?.evaluate({ ...scope, node }) ?? true),
    );
    const page = wanted.slice(0, limit);
    const items = page.slice(0, fittingCount(page));
    const last = items.at(-1);
    return wanted.length > items.length && last ? { items, cursor: last.id } : { items };
  };
