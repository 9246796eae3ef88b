import type { z } from 'zod';
import { AppError } from '#shared/errors/app-error.ts';
import type { PageRequest } from '#shared/ports/store.ts';

const defaultLimit = 100;
const maxLimit = 1000;

/** Where a list goes on, as text that callers hand back as it is. */
export const encodeCursor = (place: unknown): string => Buffer.from(JSON.stringify(place)).toString('base64url');

/**
 * The place of a cursor.
 * @throws AppError `request.invalid` for what is no cursor of this list
 */
export const decodeCursor = <T>(schema: z.ZodType<T>, cursor: string): T => {
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch (cause) {
    throw new AppError('request.invalid', 'The cursor is not one of this list.', {
      cause,
      hint: 'Use the cursor of the page before as it is, or start without one.',
    });
  }
};

/**
 * How many items a page has at most.
 * @throws AppError `request.invalid` outside 1 to 1000
 */
export const limitOfPage = ({ limit = defaultLimit }: PageRequest): number => {
  if (Number.isInteger(limit) && limit >= 1 && limit <= maxLimit) return limit;
  throw new AppError('request.invalid', `The limit of a page is 1 to ${maxLimit}, not ${limit}.`);
};
