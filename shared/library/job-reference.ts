import { AppError } from '../errors/app-error.ts';
import { nameSchema } from '../model/job-values.ts';

/** A stored job, and which revision of it; the latest without a number. */
export interface JobReference {
  readonly name: string;
  readonly revision?: number;
}

/** Reads `roll-shop`, `roll-shop@latest` or `roll-shop@3`; undefined for what is none of them. */
export const readJobReference = (text: string): JobReference | undefined => {
  const [, name = '', revision = 'latest'] = /^([^@]*)(?:@(latest|[1-9]\d{0,8}))?$/.exec(text) ?? [];
  if (!nameSchema.safeParse(name).success) return undefined;
  return revision === 'latest' ? { name } : { name, revision: Number(revision) };
};

/**
 * The stored job that a text names.
 * @throws AppError `request.invalid`
 */
export const requireJobReference = (text: string): JobReference => {
  const reference = readJobReference(text);
  if (reference !== undefined) return reference;
  throw new AppError('request.invalid', `'${text.slice(0, 200)}' is not the name of a job`, {
    hint: 'Write the name of a stored job, or name@revision.',
  });
};
