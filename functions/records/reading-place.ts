import { fittingCount } from '#shared/contract/sizes.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { NodeId } from '#shared/model/ids.ts';
import type { InventoryNode } from '#shared/model/node.ts';
import type { Inventory, InventoryReading, InventoryWish } from '#shared/ports/services.ts';

/** Where a page of nodes begins: in which reading, and after which node. */
export interface ReadingPlace {
  readonly reading: string;
  readonly after: string;
}

/**
 * The place that a cursor names; undefined for the beginning.
 * @throws AppError `request.invalid` for a cursor that is not ours
 */
export const readingPlace = (cursor: string | undefined): ReadingPlace | undefined => {
  if (cursor === undefined) return undefined;
  const [, reading, after] = /^([0-9a-f]{64})\.(.+)$/s.exec(cursor) ?? [];
  if (reading !== undefined && after !== undefined) return { reading, after };
  throw new AppError('request.invalid', `'${cursor.slice(0, 80)}' is not a cursor of this list`, {
    hint: 'Use the cursor of the page before as it is.',
  });
};

/**
 * The reading that a page is of: that of the first page, as long as it is kept, so that the pages are of one list whatever comes and goes; else
 * what the wish says.
 * @throws AppError `inventory.unavailable`
 */
export const readingAt = async (
  inventory: Inventory,
  place: ReadingPlace | undefined,
  wish: InventoryWish,
): Promise<InventoryReading> =>
  (place === undefined ? undefined : await inventory.again(place.reading)) ?? inventory.list(wish);

/** Nodes after a place, one page of them, and the cursor of the next page. */
export const pageOfNodes = (
  { id }: Pick<InventoryReading, 'id'>,
  nodes: readonly InventoryNode[],
  { place, limit }: { readonly place: ReadingPlace | undefined; readonly limit: number },
): { readonly items: readonly InventoryNode[]; readonly cursor?: string } => {
  const isAfter = (nodeId: NodeId): boolean => place === undefined || nodeId > place.after;
  const wanted = nodes.filter((node) => isAfter(node.id));
  const page = wanted.slice(0, limit);
  const items = page.slice(0, fittingCount(page));
  const last = items.at(-1);
  return wanted.length > items.length && last ? { items, cursor: `${id}.${last.id}` } : { items };
};
