import { pageOfNodes, readingAt, readingPlace } from '#functions/records/reading-place.ts';
import type { NodesPage } from '#shared/contract/node-views.ts';
import type { NodesQuery } from '#shared/contract/requests.ts';
import { parseCondition } from '#shared/expression/condition.ts';
import type { Inventory } from '#shared/ports/services.ts';

/**
 * Nodes of the inventory, by id, with the time at which the clouds were read. Where they cannot be read, the latest reading is shown, with the
 * reason.
 * @throws AppError `expression.invalid`, `request.invalid`, `inventory.unavailable` when there is no reading at all
 */
export const listNodes =
  ({ inventory }: { readonly inventory: Inventory }) =>
  async ({ where, cursor, limit, refresh = false }: NodesQuery): Promise<NodesPage> => {
    const condition = where === undefined ? undefined : parseCondition(where);
    const scope = { params: {}, run: { id: '', attempt: 1, job: '' }, outputs: {} };
    const place = readingPlace(cursor);
    const maxAgeSeconds = refresh && place === undefined ? 0 : inventory.ages.shownSeconds;
    const reading = await readingAt(inventory, place, { maxAgeSeconds, orOlder: true });
    const wanted = reading.nodes.filter((node) => condition?.evaluate({ ...scope, node }) ?? true);
    const { readAt, problem } = reading;
    return {
      ...pageOfNodes(reading, wanted, { place, limit }),
      readAt,
      ...(problem === undefined ? {} : { problem }),
    };
  };
