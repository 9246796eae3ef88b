import { AppError, type ErrorPlace, isAppError } from '#shared/errors/app-error.ts';
import type { ErrorCode } from '#shared/errors/catalogue.ts';
import type { YamlSource } from '#shared/job/yaml-source.ts';

/** A file whose content was sent to the server. */
export interface SentFile {
  readonly fileName: string;
  readonly source: YamlSource;
}

/** Codes of errors whose pointers lead into the document that was sent. */
const documentCodes: ReadonlySet<ErrorCode> = new Set(['job.invalid', 'command.invalid']);

const keysOf = (pointer: string): readonly string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));

const located = (place: ErrorPlace, { fileName, source }: SentFile): ErrorPlace =>
  place.path === undefined || place.file !== undefined
    ? place
    : { ...place, file: fileName, ...source.locate({ path: keysOf(place.path), message: place.message }) };

/**
 * Waits for the server. What it finds wrong in the document is told with line and column of the file.
 * @throws AppError as the work does
 */
export const withFilePlaces = async <T>(file: SentFile | undefined, work: Promise<T>): Promise<T> => {
  try {
    return await work;
  } catch (error) {
    if (file === undefined || !isAppError(error) || !documentCodes.has(error.code)) throw error;
    throw new AppError(error.code, error.message.replace(/^The (?:job|command)(?=:| has )/, file.fileName), {
      cause: error,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      places: error.places.map((place) => located(place, file)),
    });
  }
};
