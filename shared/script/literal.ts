import { AppError } from '../errors/app-error.ts';

const encoder = new TextEncoder();

/** Bytes of a text in UTF-8. */
export const utf8Bytes = (text: string): number => encoder.encode(text).length;

/**
 * Refuses text that cannot reach a process unchanged: NUL ends every argument and environment value, and half a surrogate pair has no UTF-8.
 * @throws AppError `script.invalid`
 */
export const requireCarriable = (what: string, text: string): void => {
  if (text.includes('\0')) {
    throw new AppError(
      'script.invalid',
      `${what} holds a NUL character, which no argument, variable or script can carry.`,
    );
  }
  if (!text.isWellFormed()) {
    throw new AppError('script.invalid', `${what} holds half a surrogate pair, which has no UTF-8 form.`);
  }
};

/**
 * Text as one POSIX sh word without any expansion. Two braces never stand together in it, because both clouds' agents replace `{{name}}`
 * in what they are sent.
 */
export const shLiteral = (text: string): string => `'${text.replaceAll("'", "'\\''").replaceAll(/\{(?=\{)/g, "{''")}'`;
