import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import type { Finding, Path } from './finding.ts';

/** A place in a text; both count from 1. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/** Something that makes a text no YAML. */
export interface SyntaxProblem extends TextPosition {
  readonly message: string;
  readonly suggestion?: string;
}

/** A text as YAML: its value, and where each part of it stands. */
export interface YamlSource {
  readonly value: unknown;
  locate(finding: Finding): TextPosition;
}

/** How often anchored parts may be repeated in all; stops alias bombs. */
const maxAliasCount = 50;

const suggestions: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'Indent with spaces.',
  MULTIPLE_DOCS: 'One file holds one thing: split it at ---.',
  TAG_RESOLVE_FAILED: 'Take the tag (!…) away: only plain maps, lists, texts, numbers, true and false.',
};

const tooManyAliases = {
  message: `Anchors are repeated more than ${maxAliasCount} times, or inside themselves`,
  suggestion: 'Write the parts out.',
};

interface RawProblem {
  readonly offset: number;
  readonly message: string;
  readonly suggestion?: string | undefined;
}

const problemOfError = (error: YAMLError): RawProblem => {
  const message = error.code === 'MULTIPLE_DOCS' ? 'The file holds more than one document' : error.message;
  return { offset: error.pos[0], message, suggestion: suggestions[error.code] };
};

const offsetOf = (node: unknown): number =>
  typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range) ? Number(node.range[0]) : 0;

const keyProblems = (map: YAMLMap): readonly RawProblem[] => {
  const seen = new Set<string>();
  return map.items.flatMap(({ key }) => {
    if (!isScalar(key)) return [{ offset: offsetOf(key), message: 'A key must be a plain text' }];
    const name = String(key.value);
    const isTwice = seen.has(name);
    seen.add(name);
    return isTwice ? [{ offset: offsetOf(key), message: `The key '${name}' is there twice` }] : [];
  });
};

/**
 * Keys that are no plain text, keys given twice, aliases of nothing, too many aliases. The parser's own checks take the square of the number
 * of keys and aliases.
 */
const contentProblems = (document: Document): readonly RawProblem[] => {
  const problems: RawProblem[] = [];
  const anchors = new Set<string>();
  let aliases = 0;
  visit(document, {
    Value: (_key, { anchor }) => {
      if (anchor !== undefined) anchors.add(anchor);
    },
    Map: (_key, map) => {
      if (map.anchor !== undefined) anchors.add(map.anchor);
      for (const problem of keyProblems(map)) problems.push(problem);
    },
    Alias: (_key, alias) => {
      aliases += 1;
      const offset = offsetOf(alias);
      if (!anchors.has(alias.source))
        problems.push({ offset, message: `There is no anchor &${alias.source} before this` });
      if (aliases > maxAliasCount) problems.push({ offset, ...tooManyAliases });
      return aliases > maxAliasCount ? visit.BREAK : undefined;
    },
  });
  return problems;
};

const directiveProblems = (document: Document): readonly RawProblem[] =>
  document.directives?.yaml.explicit === true && document.directives.yaml.version !== '1.2'
    ? [{ offset: 0, message: 'Only YAML 1.2 is read', suggestion: 'Take the %YAML line away.' }]
    : [];

/** The value of a document; a problem when its aliases multiply. */
const readValue = (document: Document): { readonly value: unknown } | RawProblem => {
  try {
    return { value: document.toJS({ maxAliasCount }) };
  } catch {
    // The only error left after contentProblems: the parser counts the parts that aliases multiply to.
    return { offset: 0, ...tooManyAliases };
  }
};

/** The part of a document at a path, as far as it is there, and its key. */
const nodeAt = (
  document: Document,
  path: Path,
): { readonly key?: unknown; readonly node: unknown; readonly whole: boolean } => {
  let at: { key?: unknown; node: unknown } = { node: document.contents };
  for (const step of path) {
    const inside = isAlias(at.node) ? at.node.resolve(document) : at.node;
    if (isMap(inside)) {
      const pair = inside.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (pair === undefined) return { ...at, whole: false };
      at = { key: pair.key, node: pair.value };
    } else {
      const item: unknown = isSeq(inside) ? inside.items[Number(step)] : undefined;
      if (item === undefined) return { ...at, whole: false };
      at = { node: item };
    }
  }
  return { ...at, whole: true };
};

const quoteLength = (node: Node): number => (isScalar(node) && node.type?.startsWith('QUOTE_') ? 1 : 0);

/** Where a character of a text stands, when the file has the text up to there just so (no escapes, no folding); else where it begins. */
const offsetInside = (text: string, node: unknown, offset: number): number => {
  const start = offsetOf(node);
  if (!isScalar(node) || typeof node.value !== 'string') return start;
  const first = start + quoteLength(node);
  return text.slice(first, first + offset) === node.value.slice(0, offset) ? first + offset : start;
};

const offsetOfFinding = (text: string, document: Document, finding: Finding): number => {
  const { key, node, whole } = nodeAt(document, finding.path);
  const isEmpty = node === null || (isScalar(node) && node.range?.[0] === node.range?.[1]);
  if (key !== undefined && ((whole && finding.atKey === true) || isEmpty)) return offsetOf(key);
  return whole && finding.offset !== undefined ? offsetInside(text, node, finding.offset) : offsetOf(node);
};

const problemsOf = (document: Document): readonly RawProblem[] => {
  const errors = [...document.errors, ...document.warnings];
  if (errors.some((error) => error.code === 'RESOURCE_EXHAUSTION'))
    return [{ offset: 0, message: 'The text is nested too deep' }];
  if (errors.length > 0) return errors.map(problemOfError);
  return [...directiveProblems(document), ...contentProblems(document)];
};

/** Reads a text as YAML 1.2, of which JSON is a part. Duplicate keys, tags, alias bombs and several documents are problems. */
export const readYaml = (text: string): YamlSource | { readonly problems: readonly SyntaxProblem[] } => {
  const lineCounter = new LineCounter();
  const positionOf = (offset: number): TextPosition => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const document = parseDocument(text, {
    lineCounter,
    prettyErrors: false,
    uniqueKeys: false,
    resolveKnownTags: false,
    logLevel: 'error',
  });
  const found = problemsOf(document);
  const read = found.length > 0 ? undefined : readValue(document);
  if (read !== undefined && 'value' in read)
    return { value: read.value, locate: (finding) => positionOf(offsetOfFinding(text, document, finding)) };
  const problems = read === undefined ? found : [read];
  return {
    problems: problems
      .toSorted((a, b) => a.offset - b.offset)
      .map(({ offset, message, suggestion }) => ({
        ...positionOf(offset),
        message,
        ...(suggestion === undefined ? {} : { suggestion }),
      })),
  };
};
