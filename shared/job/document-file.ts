import { AppError, type ErrorPlace } from '../errors/app-error.ts';
import type { DocumentKind } from './document-kind.ts';
import { maxPlaces, placeOfFinding } from './finding.ts';
import { invalidDocument, readDocument } from './read-document.ts';
import { readYaml, type SyntaxProblem, type YamlSource } from './yaml-source.ts';

/** Longest file, in characters. */
const maxLength = 1_048_576;

/** A document that was read from a file, and where its parts stand there. */
export interface DocumentFile<T> {
  readonly value: T;
  readonly source: YamlSource;
}

const badSyntax = (
  kind: Pick<DocumentKind<unknown>, 'noun' | 'codes'>,
  file: string,
  problems: readonly SyntaxProblem[],
): AppError => {
  const [first] = problems;
  const where = first === undefined ? '' : `:${first.line}:${first.column}: ${first.message}`;
  return new AppError(kind.codes.syntax, `${file}${where}`, {
    hint: first?.suggestion ?? `A ${kind.noun} file is YAML or JSON.`,
    places: problems.slice(0, maxPlaces).map((problem) => ({ ...problem, file })),
  });
};

/**
 * Reads a file, YAML or JSON.
 * @throws AppError the kind's `syntax` code when the text is neither, its `invalid` code when it is no such document. Both have every problem,
 * up to 50, as `places` with file, line, column, JSON Pointer and suggestion.
 */
export const readDocumentFile = <T>(kind: DocumentKind<T>, text: string, fileName: string): DocumentFile<T> => {
  if (text.length > maxLength)
    throw badSyntax(kind, fileName, [
      { line: 1, column: 1, message: `A ${kind.noun} file has at most ${maxLength} characters` },
    ]);
  const source = readYaml(text);
  if ('problems' in source) throw badSyntax(kind, fileName, source.problems);
  const read = readDocument(kind, source.value);
  if ('value' in read) return { value: read.value, source };
  throw invalidDocument(
    kind,
    fileName,
    read.findings,
    (finding): ErrorPlace => ({ ...placeOfFinding(finding), file: fileName, ...source.locate(finding) }),
  );
};
