import * as z from 'zod';
import type { DocumentKind, DocumentLevel } from './document-kind.ts';

/** Marks the maps of a document while the schema is built: zod shares parts that several maps use, and each needs words of its own. */
const levelMark = 'x-level';

type SchemaNode = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is SchemaNode =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const describeProperties = (properties: unknown, { keys }: DocumentLevel): SchemaNode =>
  isNode(properties)
    ? Object.fromEntries(
        Object.entries(properties).map(([key, property]) => [
          key,
          isNode(property) ? { description: keys[key], ...property } : property,
        ]),
      )
    : {};

/** A copy of a schema in which the keys of every marked map are described. */
const describe = (levels: readonly DocumentLevel[], value: unknown): unknown => {
  if (Array.isArray(value)) return value.map((one) => describe(levels, one));
  if (!isNode(value)) return value;
  const { [levelMark]: mark, ...node } = value;
  const described = Object.fromEntries(Object.entries(node).map(([key, part]) => [key, describe(levels, part)]));
  const level = levels.find((one) => one.title === mark);
  return level === undefined
    ? described
    : { ...described, properties: describeProperties(described['properties'], level) };
};

/**
 * The JSON Schema of a kind of document as its author writes it, for editors: draft-07, which the YAML language server of VS Code reads best.
 */
export const documentJsonSchema = <T>({ noun, schema, levels }: DocumentKind<T>): SchemaNode => {
  const written = z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-07',
    override: ({ zodSchema, jsonSchema }) => {
      const level = levels.find((one) => one.schema === zodSchema);
      if (level !== undefined) jsonSchema[levelMark] = level.title;
    },
  });
  const described = describe(levels, written);
  return { $id: `urn:drover:schema:${noun}:v1`, title: `Drover ${noun}`, ...(isNode(described) ? described : {}) };
};
