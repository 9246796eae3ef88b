import { AppError } from '#shared/errors/app-error.ts';

/**
 * Reads `name=value` texts; the value may hold further `=`. Of a repeated name the last counts.
 * @throws AppError `usage.invalid` when one has no name or no `=`.
 */
export const parseKeyValues = (texts: readonly string[], flag: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new AppError('usage.invalid', `${flag} '${text}' is not name=value`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
