import * as z from 'zod';
import { canonicalJson } from './canonical-json.ts';
import { bareSchema } from './schema-path.ts';

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isDefault = (schema: unknown, value: unknown): boolean =>
  schema instanceof z.ZodDefault && canonicalJson(schema.def.defaultValue) === canonicalJson(value);

const shortMap = (schema: z.ZodObject, value: Readonly<Record<string, unknown>>): unknown =>
  Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) => {
      if (member === undefined || isDefault(schema.shape[key], member)) return [];
      return [[key, shortForm(schema.shape[key], member)]];
    }),
  );

/**
 * A checked value without what is only a default of its schema: reading it gives the same value again. So a digest of it stays what it is when
 * later versions of the schema know more keys.
 */
export const shortForm = (schema: unknown, value: unknown): unknown => {
  const bare = bareSchema(schema);
  if (bare instanceof z.ZodObject && isMap(value)) return shortMap(bare, value);
  if (bare instanceof z.ZodArray && Array.isArray(value)) return value.map((item) => shortForm(bare.element, item));
  if (bare instanceof z.ZodRecord && isMap(value))
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shortForm(bare.valueType, member)]));
  return value;
};
