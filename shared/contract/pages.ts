import * as z from 'zod';

/** A page of a list: its items, and an opaque cursor that is absent on the last page. */
export const pageSchemaOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), cursor: z.string().optional() });
