import { AppError } from '../errors/app-error.ts';
import { didYouMean } from '../expression/nearest-word.ts';
import { type NodeStatus, nodeStatuses } from '../model/status.ts';

/** One alternative of a selector. */
export type SelectorTerm =
  | { readonly kind: 'status'; readonly status: NodeStatus }
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'output'; readonly pattern: string; readonly ignoreCase: boolean }
  | { readonly kind: 'node'; readonly name: string };

/** Longest pattern. */
const longestPattern = 512;

/** Statuses of nodes of a run that is at its end. */
const selectable: readonly NodeStatus[] = nodeStatuses.filter((one) => one !== 'running' && one !== 'waitingInput');

const wrong = (message: string, hint?: string): AppError =>
  new AppError('request.invalid', message, {
    places: [{ path: '/nodes', message }],
    hint:
      hint ??
      `Write what came of the nodes, with commas for "or": ${selectable.join(', ')}, exit=3, output~/text/, node ids.`,
  });

/**
 * Reads a selector of nodes by what came of them: statuses, `exit=3`, `output~/pattern/` (a line of output that matches; an `i` behind it takes
 * upper and lower case as the same), node ids and names; a comma means "or".
 * @throws AppError `request.invalid`
 */
export const parseSelector = (text: string): readonly SelectorTerm[] => {
  const terms: SelectorTerm[] = [];
  let rest = text.trim();
  if (rest === '') throw wrong('The selector of nodes is empty');
  while (rest !== '') {
    const { term, end } = readTerm(rest);
    terms.push(term);
    const after = rest.slice(end).trimStart();
    if (after !== '' && !after.startsWith(','))
      throw wrong(`After '${rest.slice(0, end)}' comes '${after}'; a comma is missing`);
    rest = after.slice(1).trimStart();
    if (after === ',' || (after !== '' && rest === '')) throw wrong('The selector of nodes ends with a comma');
  }
  return terms;
};

const outputStart = 'output~/';

const readTerm = (text: string): { readonly term: SelectorTerm; readonly end: number } => {
  if (text.startsWith(outputStart)) return readPattern(text);
  const end = /^[^,]*/.exec(text)?.[0].length ?? 0;
  const word = text.slice(0, end).trim();
  return { term: termOf(word), end };
};

/** The pattern ends at the first slash that is not escaped and not in brackets. */
const readPattern = (text: string): { readonly term: SelectorTerm; readonly end: number } => {
  const match = /^output~\/((?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\[])+)\/([a-z]*)/s.exec(text);
  const [whole, pattern = '', flags = ''] = match ?? [];
  if (whole === undefined)
    throw wrong(`'${text.slice(0, 60)}' is no pattern: it has no closing slash, or nothing in it`);
  if (pattern.length > longestPattern) throw wrong(`The pattern is longer than ${longestPattern} characters`);
  try {
    if (flags !== '' && flags !== 'i') throw new SyntaxError(`only i can stand behind it, not '${flags}'`);
    new RegExp(pattern, flags);
  } catch (cause) {
    throw wrong(`The pattern /${pattern}/${flags} is not valid: ${cause instanceof Error ? cause.message : cause}`);
  }
  return { term: { kind: 'output', pattern, ignoreCase: flags === 'i' }, end: whole.length };
};

const termOf = (word: string): SelectorTerm => {
  const status = selectable.find((one) => one === word);
  if (status !== undefined) return { kind: 'status', status };
  const exit = /^exit=(.*)$/.exec(word)?.[1];
  if (exit !== undefined) {
    if (!/^-?\d{1,10}$/.test(exit)) throw wrong(`'${word}' is not an exit code (such as exit=3)`);
    return { kind: 'exit', code: Number(exit) };
  }
  if (word === '' || /[\s~=]/.test(word))
    throw wrong(`'${word}' is neither what came of nodes nor the id of one`, hintFor(word));
  return { kind: 'node', name: word };
};

/** What a word that is no node most likely meant. */
export const hintFor = (word: string): string | undefined => didYouMean(word, selectable);

/** A node in a phase, as far as a selector looks at it without its output. */
export interface SelectorSubject {
  readonly status: NodeStatus;
  /** Of the operation that explains the status. */
  readonly exitCode: number | null;
  readonly node: { readonly id: string; readonly name: string };
}

/** Whether a term selects a node; undefined for a term that its output decides. */
export const isSelected = (term: SelectorTerm, { status, exitCode, node }: SelectorSubject): boolean | undefined => {
  if (term.kind === 'status') return term.status === status;
  if (term.kind === 'exit') return term.code === exitCode;
  return term.kind === 'node' ? term.name === node.id || term.name === node.name : undefined;
};
