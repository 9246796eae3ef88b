import { defaultInventoryAges } from '#shared/config/inventory.ts';
import type { InventoryNode } from '#shared/model/node.ts';
import type { Inventory } from '#shared/ports/services.ts';

/** When the clouds of a fixed inventory were read. */
export const fixedReadAt = '2026-01-02T03:04:05.000Z';

/** An inventory that reads these nodes anew for every call, and keeps no reading. */
export const fixedInventory = (nodes: () => readonly InventoryNode[]): Inventory => ({
  ages: defaultInventoryAges,
  list: async () => ({ id: 'a'.repeat(64), nodes: nodes(), readAt: fixedReadAt, fresh: true }),
  again: async () => undefined,
});
