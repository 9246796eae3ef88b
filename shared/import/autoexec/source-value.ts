import { isMap, isNode, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, type Scalar } from 'yaml';
import { AppError } from '#shared/errors/app-error.ts';

/** Where a value stands in its file; line and column count from 1, the path is dotted (`runFlow[0].phases[1].phaseName`). */
export interface SourcePlace {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

/** A text of the file. */
export interface SourceText {
  readonly kind: 'text';
  readonly text: string;
  readonly place: SourcePlace;
}

/** Numbers, booleans and null, as written: `1.0` stays `1.0`, and no digit of a long id is lost. */
export interface SourceLiteral {
  readonly kind: 'number' | 'boolean' | 'null';
  readonly written: string;
  readonly place: SourcePlace;
}

/** A JSON array. */
export interface SourceList {
  readonly kind: 'list';
  readonly items: readonly SourceValue[];
  readonly place: SourcePlace;
}

/** A JSON object. Of a repeated key the last value counts, as in Python's reader; `repeated` names such keys. */
export interface SourceMap {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, SourceValue>;
  readonly repeated: readonly string[];
  readonly place: SourcePlace;
}

/** A JSON value that knows its place. */
export type SourceValue = SourceText | SourceLiteral | SourceList | SourceMap;

/** Path of a key below a path. */
export const childPath = (path: string, key: string): string => {
  if (!/^[\p{L}\p{N}_-]+$/u.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
};

interface Reading {
  readonly text: string;
  readonly fileName: string;
  readonly lines: LineCounter;
}

const fail = (reading: Reading, offset: number, message: string, path = ''): never => {
  const { line, col } = reading.lines.linePos(offset);
  throw new AppError('import.invalid', `${reading.fileName}:${line}:${col}: ${message}`, {
    hint: 'Correct the file at this place; it must be JSON.',
    places: [{ message, file: reading.fileName, line, column: col, ...(path === '' ? {} : { path }) }],
  });
};

const placeOf = (reading: Reading, node: Node, path: string): SourcePlace => {
  const { line, col } = reading.lines.linePos(node.range?.[0] ?? 0);
  return { path, line, column: col };
};

const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

const scalarOf = (reading: Reading, node: Scalar, place: SourcePlace): SourceValue => {
  const [start, end] = node.range ?? [0, 0, 0];
  const written = reading.text.slice(start, end);
  const { value } = node;
  if (typeof value === 'string') {
    if (/[\r\n]/.test(written)) fail(reading, start, 'has a line break inside a text; write it as \\n', place.path);
    return { kind: 'text', text: value, place };
  }
  if (typeof value === 'boolean') return { kind: 'boolean', written, place };
  if (value === null) return { kind: 'null', written: 'null', place };
  if (!jsonNumber.test(written)) fail(reading, start, `${written} is not a JSON number`, place.path);
  return { kind: 'number', written, place };
};

const offsetOf = (node: unknown): number => (isNode(node) ? (node.range?.[0] ?? 0) : 0);

const keyOf = (pair: Pair): string => (isScalar(pair.key) ? String(pair.key.value) : String(pair.key));

const mapOf = (reading: Reading, pairs: readonly Pair[], place: SourcePlace): SourceMap => {
  const entries = new Map<string, SourceValue>();
  const repeated: string[] = [];
  for (const pair of pairs) {
    const key = keyOf(pair);
    if (entries.has(key)) repeated.push(key);
    if (pair.value === null) fail(reading, offsetOf(pair.key), `${JSON.stringify(key)} has no value`, place.path);
    entries.set(key, toSourceValue(reading, pair.value, childPath(place.path, key)));
  }
  return { kind: 'map', entries, repeated, place };
};

const toSourceValue = (reading: Reading, node: unknown, path: string): SourceValue => {
  if (isMap(node)) return mapOf(reading, node.items, placeOf(reading, node, path));
  if (isSeq(node)) {
    const items = node.items.map((item, index) => toSourceValue(reading, item, `${path}[${index}]`));
    return { kind: 'list', items, place: placeOf(reading, node, path) };
  }
  if (isScalar(node)) return scalarOf(reading, node, placeOf(reading, node, path));
  return fail(reading, offsetOf(node), 'is not a JSON value', path);
};

/**
 * Reads JSON and keeps every value's place. Takes a byte order mark, trailing commas and `#` comments.
 * @throws AppError `import.invalid` with file, line and column of the first syntax error.
 */
export const parseSource = (written: string, fileName: string): SourceValue => {
  const text = written.replace(/^\uFEFF/, '');
  const lines = new LineCounter();
  const document = parseDocument(text, { schema: 'json', uniqueKeys: false, prettyErrors: false, lineCounter: lines });
  const reading: Reading = { text, fileName, lines };
  const [problem] = document.errors;
  if (problem !== undefined) fail(reading, problem.pos[0], `is not valid JSON: ${problem.message}`);
  if (document.contents === null || text.trim() === '') fail(reading, 0, 'is empty');
  return toSourceValue(reading, document.contents, '');
};
