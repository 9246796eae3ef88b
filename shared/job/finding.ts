import type { ErrorPlace } from '../errors/app-error.ts';

/** Keys and indexes from the root of a job to one of its values. */
export type Path = readonly (string | number)[];

/** Something wrong in a job, before it is known which line of which file that is. */
export interface Finding {
  readonly path: Path;
  readonly message: string;
  readonly suggestion?: string;
  /** True when the key at the end of the path is wrong, not its value. */
  readonly atKey?: boolean;
  /** Where in the text that is the value, in characters from 0. */
  readonly offset?: number;
}

/** More problems than this are not told at once. */
export const maxPlaces = 50;

/** The JSON Pointer (RFC 6901) of a path; empty for the whole document. */
export const pointerOf = (path: Path): string =>
  path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** The place of a finding in a value that came from no file. */
export const placeOfFinding = ({ path, message, suggestion }: Finding): ErrorPlace => ({
  path: pointerOf(path),
  message,
  ...(suggestion === undefined ? {} : { suggestion }),
});

type KeyPositions = ReadonlyMap<string, number>;

const keyPositions = (value: object, known: WeakMap<object, KeyPositions>): KeyPositions => {
  const positions = known.get(value) ?? new Map(Object.keys(value).map((key, position) => [key, position]));
  known.set(value, positions);
  return positions;
};

/** Where a path is among the keys of a document, level by level. A key that is absent counts as the first. */
const positionsOf = (document: unknown, path: Path, known: WeakMap<object, KeyPositions>): readonly number[] => {
  let at = document;
  return path.map((key) => {
    if (typeof at !== 'object' || at === null) return -1;
    const position = keyPositions(at, known).get(String(key)) ?? -1;
    at = position < 0 ? undefined : Reflect.get(at, key);
    return position;
  });
};

const comparePositions = (left: readonly number[], right: readonly number[]): number => {
  const differs = left.findIndex((position, level) => position !== right[level]);
  if (differs < 0) return left.length - right.length;
  return (left[differs] ?? -1) - (right[differs] ?? -1);
};

/** Findings in the order in which a reader of the document meets them. */
export const inDocumentOrder = (document: unknown, findings: readonly Finding[]): readonly Finding[] => {
  const known = new WeakMap<object, KeyPositions>();
  return findings
    .map((finding) => ({ finding, positions: positionsOf(document, finding.path, known) }))
    .sort((a, b) => comparePositions(a.positions, b.positions) || (a.finding.offset ?? 0) - (b.finding.offset ?? 0))
    .map(({ finding }) => finding);
};
