import type { LibraryReadDeps } from '#functions/records/library.ts';
import { pageOfNodes, readingAt, readingPlace } from '#functions/records/reading-place.ts';
import { nodeFilter } from '#functions/records/target-sets.ts';
import type { NodesPage } from '#shared/contract/node-views.ts';
import type { NodesQuery } from '#shared/contract/requests.ts';
import type { Inventory } from '#shared/ports/services.ts';

/**
 * Nodes of the inventory, by id, with the time at which the clouds were read. Where they cannot be read, the latest reading is shown, with the
 * reason.
 * @throws AppError `expression.invalid`, `targets.not-found`, `request.invalid`, `inventory.unavailable` when there is no reading at all
 */
export const listNodes =
  (deps: LibraryReadDeps & { readonly inventory: Inventory }) =>
  async ({ where, set, cursor, limit, refresh = false }: NodesQuery): Promise<NodesPage> => {
    const { inventory } = deps;
    const isMeant = await nodeFilter(deps, { where, set });
    const place = readingPlace(cursor);
    const maxAgeSeconds = refresh && place === undefined ? 0 : inventory.ages.shownSeconds;
    const reading = await readingAt(inventory, place, { maxAgeSeconds, orOlder: true });
    const wanted = reading.nodes.filter(isMeant);
    const { readAt, problem } = reading;
    return {
      ...pageOfNodes(reading, wanted, { place, limit }),
      readAt,
      ...(problem === undefined ? {} : { problem }),
    };
  };
