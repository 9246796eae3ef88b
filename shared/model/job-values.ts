import * as z from 'zod';

/** Names of jobs, groups, phases: letters of any language, digits, `.`, `_`, `-`, blanks inside; 1 to 128 characters. */
export const nameSchema = z
  .string()
  .regex(
    /^[\p{L}\p{N}_](?:[\p{L}\p{N}_. /:()-]{0,126}[\p{L}\p{N}_.)])?$/u,
    'is not a name (letters, digits, . _ - and blanks inside, at most 128 characters)',
  );

/** Ids of operations: unique in the job, usable in `${{ outputs.<id>.<name> }}`. */
export const operationIdSchema = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_]{0,63}$/,
    'is not an operation id (a letter or _, then letters, digits, _; at most 64 characters)',
  );

/** Names of params, outputs and environment variables. */
export const variableNameSchema = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'is not a variable name (a letter or _, then letters, digits, _)');

/** A duration: `500ms`, `30s`, `10m`, `2h`, `1d`, combinations such as `1h30m`, or ISO 8601 such as `PT10M`. */
export const durationSchema = z
  .string()
  .regex(
    /^(?:(?:\d+(?:ms|s|m|h|d))+|P(?=.)(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?)$/,
    'is not a duration (such as 30s, 10m, 1h30m)',
  );

/** A count, or a percentage such as `10%`. */
export const amountSchema = z.union(
  [z.int().min(0), z.string().regex(/^(?:100|\d{1,2})%$/, 'is not an amount (a count, or a percentage such as 10%)')],
  'is not an amount (a count, or a percentage such as 10%)',
);
export type Amount = z.infer<typeof amountSchema>;

/** A value with `${{ }}` inside, rendered to text when the operation is sent. Numbers and booleans are taken as their text. */
export const templateSchema = z
  .union([z.string(), z.number(), z.boolean()], 'is not a text, number or boolean')
  .transform(String);

/** A CEL condition over `node`, `params`, `outputs`, `run`. */
export const conditionSchema = z.string().min(1).max(4096);

/** A regular expression of JavaScript, by unicode rules where its text allows them; undefined when it is none. */
export const compileRegex = (pattern: string, flags = ''): RegExp | undefined => {
  for (const unicode of ['u', ''])
    try {
      return new RegExp(pattern, flags + unicode);
    } catch {
      // Patterns with needless escapes (`\\-`) are refused by the `u` flag only.
    }
  return undefined;
};

/** A regular expression, anchored only as it is written. */
export const regexSchema = z
  .string()
  .min(1)
  .max(1024)
  .refine((pattern) => compileRegex(pattern) !== undefined, 'is not a regular expression');
