import { AppError } from '#shared/errors/app-error.ts';

/** The text of one JSON object and where it begins; line and column count from 1. */
export interface ScannedObject {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

interface Cursor {
  readonly text: string;
  readonly fileName: string;
  offset: number;
  line: number;
  lineStart: number;
  listDepth: number;
}

const fail = (cursor: Cursor, message: string): never => {
  const place = { file: cursor.fileName, line: cursor.line, column: cursor.offset - cursor.lineStart + 1 };
  throw new AppError('import.invalid', `${place.file}:${place.line}:${place.column}: ${message}`, {
    hint: 'Write one JSON object a line (or a JSON list of objects).',
    places: [{ message, ...place }],
  });
};

const countLine = (cursor: Cursor): void => {
  if (cursor.text[cursor.offset] !== '\n') return;
  cursor.line += 1;
  cursor.lineStart = cursor.offset + 1;
};

const skipString = (cursor: Cursor): void => {
  for (cursor.offset += 1; cursor.offset < cursor.text.length; cursor.offset += 1) {
    const character = cursor.text[cursor.offset];
    if (character === '"') return;
    if (character === '\\') cursor.offset += 1;
    countLine(cursor);
  }
};

const takeObject = (cursor: Cursor): ScannedObject => {
  const start = { ...cursor };
  for (let depth = 0; cursor.offset < cursor.text.length; cursor.offset += 1) {
    const character = cursor.text[cursor.offset];
    countLine(cursor);
    if (character === '"') skipString(cursor);
    else if (character === '{') depth += 1;
    else if (character === '}') depth -= 1;
    if (depth > 0) continue;
    cursor.offset += 1;
    const text = cursor.text.slice(start.offset, cursor.offset);
    return { text, line: start.line, column: start.offset - start.lineStart + 1 };
  }
  return fail(start, 'this object is not closed');
};

const changeListDepth = (cursor: Cursor, character: string): void => {
  cursor.listDepth += character === '[' ? 1 : -1;
  if (cursor.listDepth < 0) fail(cursor, 'a list is closed here that was not opened');
  if (cursor.listDepth > 1) fail(cursor, 'a list inside a list is not a node');
};

/**
 * Finds the JSON objects of a text: one a line, several a line, spread over lines, with commas between, or inside
 * one list. Takes a byte order mark and any line ends. Only the outermost objects are cut out; what is inside them is not checked.
 * @throws AppError `import.invalid` (with line and column) at anything that is not an object.
 */
export const scanObjects = (text: string, fileName: string): readonly ScannedObject[] => {
  const cursor: Cursor = {
    text: text.replace(/^\uFEFF/, ''),
    fileName,
    offset: 0,
    line: 1,
    lineStart: 0,
    listDepth: 0,
  };
  const objects: ScannedObject[] = [];
  while (cursor.offset < cursor.text.length) {
    const character = cursor.text[cursor.offset] ?? '';
    if (character === '{') {
      objects.push(takeObject(cursor));
      continue;
    }
    if (character === '[' || character === ']') changeListDepth(cursor, character);
    else if (!/[\s,]/.test(character)) fail(cursor, `expected an object ({…}), found ${JSON.stringify(character)}`);
    countLine(cursor);
    cursor.offset += 1;
  }
  if (cursor.listDepth > 0) fail(cursor, 'the list is not closed');
  return objects;
};
