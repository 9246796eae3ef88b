import { AppError, type ErrorPlace } from '../errors/app-error.ts';
import type { DocumentKind } from './document-kind.ts';
import { type Finding, inDocumentOrder, maxPlaces, placeOfFinding } from './finding.ts';
import { findingsOfSchema } from './schema-findings.ts';

/** Deeper nesting than this is an attack or an accident; blocks in blocks of a job come to 30 levels. */
const maxDepth = 64;

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Looks level by level, at each part once a level, so that parts that hold themselves end it. */
const isDeeperThan = (document: unknown, depth: number): boolean => {
  let level = new Set([document].filter(isContainer));
  for (let at = 0; level.size > 0; at += 1) {
    if (at > depth) return true;
    level = new Set([...level].flatMap((value) => Object.values(value).filter(isContainer)));
  }
  return false;
};

/** What was read, or everything that is wrong with it. */
export type DocumentReading<T> = { readonly value: T } | { readonly findings: readonly Finding[] };

/** A document, or everything that is wrong with it, in the order of the document. */
export const readDocument = <T>(kind: DocumentKind<T>, document: unknown): DocumentReading<T> => {
  if (isDeeperThan(document, maxDepth))
    return { findings: [{ path: [], message: `the ${kind.noun} is nested more than ${maxDepth} levels deep` }] };
  const parsed = kind.schema.safeParse(document);
  if (!parsed.success) return { findings: inDocumentOrder(document, findingsOfSchema(kind, parsed.error, document)) };
  const findings = kind.check(parsed.data);
  return findings.length === 0 ? { value: parsed.data } : { findings: inDocumentOrder(document, findings) };
};

/** The error for a document with findings, of which at most 50 are told. */
export const invalidDocument = (
  { codes }: Pick<DocumentKind<unknown>, 'codes'>,
  name: string,
  findings: readonly Finding[],
  placeOf: (finding: Finding) => ErrorPlace = placeOfFinding,
): AppError => {
  const places = findings.slice(0, maxPlaces).map(placeOf);
  const isMore = findings.length > maxPlaces;
  return new AppError(
    codes.invalid,
    findings.length === 1 ? `${name}: ${places[0]?.message}` : `${name} has ${findings.length} problems`,
    { hint: isMore ? `The first ${maxPlaces} are listed; correct them first.` : 'Correct what is listed.', places },
  );
};

/**
 * Reads a document from a JSON value, such as the body of a request.
 * @throws AppError the kind's `invalid` code with every problem, up to 50, as `places` with a JSON Pointer in `path`.
 */
export const parseDocument = <T>(kind: DocumentKind<T>, value: unknown): T => {
  const read = readDocument(kind, value);
  if ('value' in read) return read.value;
  throw invalidDocument(kind, `The ${kind.noun}`, read.findings);
};
