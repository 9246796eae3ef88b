import * as z from 'zod';
import { inventoryNodeSchema } from '../model/node.ts';
import type { Page } from '../ports/pages.ts';
import { pageSchemaOf } from './pages.ts';

/** What a reading of the clouds says of itself. */
export const readingViewSchema = z.object({
  /** When the clouds were read. */
  readAt: z.iso.datetime(),
  /** Why they could not be read now: then this is the latest reading there is. */
  problem: z.string().optional(),
});
export type ReadingView = z.infer<typeof readingViewSchema>;

/** Answer of `GET /v1/nodes`. */
export const nodesPageSchema = pageSchemaOf(inventoryNodeSchema).extend(readingViewSchema.shape);
/** Nodes of one reading. */
export type NodesPage = Page<z.infer<typeof inventoryNodeSchema>> & ReadingView;
