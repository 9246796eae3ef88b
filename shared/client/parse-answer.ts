import type { z } from 'zod';
import { AppError } from '../errors/app-error.ts';

const isObject = (value: unknown): value is Record<PropertyKey, unknown> => typeof value === 'object' && value !== null;

const removeKeys = (root: unknown, path: readonly PropertyKey[], keys: readonly string[]): void => {
  let owner: unknown = root;
  for (const part of path) owner = isObject(owner) ? owner[part] : undefined;
  if (isObject(owner)) for (const key of keys) delete owner[key];
};

/**
 * A server's answer as its schema says. Fields that this version does not know are dropped, so that a newer server can be talked to.
 * @throws AppError `service.protocol` when the answer is not what the schema says.
 */
export const parseAnswer = <S extends z.ZodType>(schema: S, answer: unknown, what: string): z.output<S> => {
  const first = schema.safeParse(answer);
  if (first.success) return first.data;
  const known = structuredClone(answer);
  for (const issue of first.error.issues)
    if (issue.code === 'unrecognized_keys') removeKeys(known, issue.path, issue.keys);
  const second = schema.safeParse(known);
  if (second.success) return second.data;
  const [issue] = second.error.issues;
  throw new AppError(
    'service.protocol',
    `The answer to ${what} is not understood: ${issue?.path.join('.')}: ${issue?.message}`,
    { cause: second.error, hint: 'Server and client may be of different versions: compare `drover version`.' },
  );
};
