import * as z from 'zod';
import { jobSchema } from '../model/job.ts';
import { type JobLevel, jobLevels } from './job-levels.ts';

const schemaId = 'urn:drover:schema:job:v1';

/** Marks the maps of a job while the schema is built: zod shares parts that several maps use, and each needs words of its own. */
const levelMark = 'x-level';

type SchemaNode = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is SchemaNode =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const describeProperties = (properties: unknown, { keys }: JobLevel): SchemaNode =>
  isNode(properties)
    ? Object.fromEntries(
        Object.entries(properties).map(([key, property]) => [
          key,
          isNode(property) ? { description: keys[key], ...property } : property,
        ]),
      )
    : {};

/** A copy of a schema in which the keys of every marked map are described. */
const describe = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(describe);
  if (!isNode(value)) return value;
  const { [levelMark]: mark, ...node } = value;
  const described = Object.fromEntries(Object.entries(node).map(([key, part]) => [key, describe(part)]));
  const level = jobLevels.find((one) => one.title === mark);
  return level === undefined
    ? described
    : { ...described, properties: describeProperties(described['properties'], level) };
};

/**
 * The JSON Schema of a job file as its author writes it, for editors: draft-07, which the YAML language server of VS Code reads best.
 * It says less than the job reader, which checks references too.
 */
export const jobJsonSchema = (): SchemaNode => {
  const schema = z.toJSONSchema(jobSchema, {
    io: 'input',
    target: 'draft-07',
    override: ({ zodSchema, jsonSchema }) => {
      const level = jobLevels.find((one) => one.schema === zodSchema);
      if (level !== undefined) jsonSchema[levelMark] = level.title;
    },
  });
  const described = describe(schema);
  return { $id: schemaId, title: 'Drover job', ...(isNode(described) ? described : {}) };
};
