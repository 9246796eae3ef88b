import { AppError } from '#shared/errors/app-error.ts';
import { type CommandReference, isReference, readCommandReference } from '#shared/library/command-reference.ts';
import { type JobReference, readJobReference } from '#shared/library/job-reference.ts';

/**
 * The command that an argument names.
 * @throws AppError `usage.invalid`
 */
export const commandArgument = (text: string): CommandReference => {
  const reading = readCommandReference(text);
  if (isReference(reading)) return reading;
  throw new AppError('usage.invalid', reading.message, { hint: reading.suggestion });
};

/**
 * The stored job that an argument names.
 * @throws AppError `usage.invalid`
 */
export const jobArgument = (text: string): JobReference => {
  const reference = readJobReference(text);
  if (reference !== undefined) return reference;
  throw new AppError('usage.invalid', `'${text}' is not the name of a job`, { hint: 'Write name or name@revision.' });
};
