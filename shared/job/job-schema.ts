import { z } from 'zod';
import { jobSchema } from '../model/job.ts';
import { jobLevels } from './job-levels.ts';

const schemaId = 'urn:drover:schema:job:v1';

type SchemaNode = z.core.JSONSchema.BaseSchema;

const describeProperties = (node: SchemaNode, keys: Readonly<Record<string, string>>): void => {
  for (const [key, description] of Object.entries(keys)) {
    const property = node.properties?.[key];
    if (typeof property === 'object') property.description = description;
  }
};

/**
 * The JSON Schema of a job file as its author writes it, for editors: draft-07, which the YAML language server of VS Code reads best.
 * It says less than the job reader, which checks references too.
 */
export const jobJsonSchema = (): object => {
  const schema = z.toJSONSchema(jobSchema, {
    io: 'input',
    target: 'draft-07',
    override: ({ zodSchema, jsonSchema }) => {
      const level = jobLevels.find((one) => one.schema === zodSchema);
      if (level !== undefined) describeProperties(jsonSchema, level.keys);
    },
  });
  return { $id: schemaId, title: 'Drover job', ...schema };
};
