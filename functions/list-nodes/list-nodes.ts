import type { NodesPage } from '#shared/contract/node-views.ts';
import type { NodesQuery } from '#shared/contract/requests.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { parseCondition } from '#shared/expression/condition.ts';
import type { Inventory, InventoryReading } from '#shared/ports/services.ts';

/** Where a page begins: in which reading, and after which node. */
interface Place {
  readonly reading: string;
  readonly after: string;
}

const placeOf = (cursor: string): Place => {
  const [, reading, after] = /^([0-9a-f]{64})\.(.+)$/s.exec(cursor) ?? [];
  if (reading === undefined || after === undefined)
    throw new AppError('request.invalid', `'${cursor.slice(0, 80)}' is not a cursor of this list`, {
      hint: 'Use the cursor of the page before as it is.',
    });
  return { reading, after };
};

/** Later pages are of the reading of the first one, as long as it is kept: the list is one list then, whatever comes and goes. */
const readingFor = async (
  inventory: Inventory,
  place: Place | undefined,
  refresh: boolean,
): Promise<InventoryReading> => {
  const earlier = place === undefined ? undefined : await inventory.again(place.reading);
  if (earlier !== undefined) return earlier;
  const maxAgeSeconds = refresh && place === undefined ? 0 : inventory.ages.shownSeconds;
  return inventory.list({ maxAgeSeconds, orOlder: true });
};

/**
 * Nodes of the inventory, by id, with the time at which the clouds were read. Where they cannot be read, the latest reading is shown, with the
 * reason.
 * @throws AppError `expression.invalid`, `request.invalid`, `inventory.unavailable` when there is no reading at all
 */
export const listNodes =
  (deps: { readonly inventory: Inventory }) =>
  async ({ where, cursor, limit, refresh = false }: NodesQuery): Promise<NodesPage> => {
    const condition = where === undefined ? undefined : parseCondition(where);
    const scope = { params: {}, run: { id: '', attempt: 1, job: '' }, outputs: {} };
    const place = cursor === undefined ? undefined : placeOf(cursor);
    const { nodes, readAt, id, problem } = await readingFor(deps.inventory, place, refresh);
    const wanted = nodes.filter(
      (node) => (place === undefined || node.id > place.after) && (condition?.evaluate({ ...scope, node }) ?? true),
    );
    const items = wanted.slice(0, limit);
    const last = items.at(-1);
    return {
      items,
      ...(wanted.length > items.length && last ? { cursor: `${id}.${last.id}` } : {}),
      readAt,
      ...(problem === undefined ? {} : { problem }),
    };
  };
