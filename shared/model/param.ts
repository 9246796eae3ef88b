import * as z from 'zod';

export const paramTypes = [
  'string',
  'number',
  'boolean',
  'enum',
  'list',
  'json',
  'date',
  'file',
  'node',
  'secret',
] as const;

/** A declared parameter of a job. */
export const paramSchema = z.strictObject({
  type: z.enum(paramTypes).default('string'),
  description: z.string().max(1024).optional(),
  required: z.boolean().default(false),
  default: z.json().optional(),
  pattern: z.string().max(1024).optional(),
  options: z
    .array(z.union([z.string(), z.number()], 'is not a text or number'))
    .min(1)
    .optional(),
  min: z.number().optional(),
  max: z.number().optional(),
});
export type Param = z.infer<typeof paramSchema>;
