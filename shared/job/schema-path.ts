import * as z from 'zod';
import type { Path } from './finding.ts';

/** The schema inside `optional`, `default` and transformations; of a choice, the one that is a map. */
export const bareSchema = (schema: unknown): unknown => {
  if (schema instanceof z.ZodUnion)
    return schema.options.map(bareSchema).find((option) => option instanceof z.ZodObject) ?? schema;
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return bareSchema(schema.unwrap());
  return schema instanceof z.ZodPipe ? bareSchema(schema.in) : schema;
};

const stepInto = (schema: unknown, key: string | number): unknown => {
  if (schema instanceof z.ZodObject) return schema.shape[key];
  if (schema instanceof z.ZodArray) return schema.element;
  return schema instanceof z.ZodRecord ? schema.valueType : undefined;
};

/** The schema that a path of a document of this schema is checked against; undefined where it has no such place. */
export const schemaAt = (root: z.ZodType, path: Path): unknown =>
  path.reduce<unknown>((schema, key) => bareSchema(stepInto(schema, key)), root);

/** The value at a path of any JSON value; undefined when there is none. */
export const valueAt = (document: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, key) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    return Reflect.get(value, key);
  }, document);
