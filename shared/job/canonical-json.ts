import { AppError } from '../errors/app-error.ts';

/**
 * The one text of a JSON value: keys sorted by UTF-16 code units, no blanks, members that are `undefined` left out (RFC 8785, JSON
 * Canonicalization Scheme). Equal values have equal texts, whatever the order of their keys.
 * @throws AppError `internal.bug` for what JSON does not have (functions, bigint, NaN).
 */
export const canonicalJson = (value: unknown): string => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object') throw new AppError('internal.bug', `A ${typeof value} has no canonical JSON`);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
};
