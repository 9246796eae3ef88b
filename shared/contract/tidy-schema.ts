/** A JSON object that is only written, not looked into. */
export type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Keys that say nothing to a reader: ids of the generator, the bounds of every integer of JavaScript, the pattern beside a format. */
const isNoise = (key: string, value: unknown, owner: JsonObject): boolean =>
  key === '$schema' ||
  key === '$id' ||
  (key === 'maximum' && value === Number.MAX_SAFE_INTEGER) ||
  (key === 'minimum' && value === Number.MIN_SAFE_INTEGER) ||
  (key === 'pattern' && owner['format'] === 'date-time');

const isAnyJson = (schema: JsonObject): boolean =>
  typeof schema['$ref'] === 'string' && schema['$ref'].includes('__shared');

const tidyValue = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(tidyValue);
  return isObject(value) ? tidySchema(value) : value;
};

/**
 * A generated JSON Schema without noise. Zod writes `z.json()` as a reference to a recursive definition outside of the document; here it
 * becomes what it means: any JSON value.
 */
export const tidySchema = (schema: JsonObject): JsonObject =>
  isAnyJson(schema)
    ? { description: 'Any JSON value' }
    : Object.fromEntries(
        Object.entries(schema)
          .filter(([key, value]) => !isNoise(key, value, schema))
          .map(([key, value]) => [key, tidyValue(value)]),
      );
