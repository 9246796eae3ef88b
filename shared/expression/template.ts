import { textOfCelValue } from './cel-values.ts';
import { compileExpression, type Expression } from './expression.ts';
import { type ExpressionProblem, invalidExpression } from './expression-error.ts';
import type { Reference } from './references.ts';
import type { Scope } from './scope.ts';
import { type Piece, scanTemplate } from './template-scanner.ts';

/** A part of a template. `offset` is where the expression starts in the template's text. */
export type TemplatePart =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'expression'; readonly expression: Expression; readonly offset: number };

/** A text with expressions in `${{ }}`. */
export interface Template {
  readonly source: string;
  readonly parts: readonly TemplatePart[];
  /** Everything that its expressions refer to; offsets count in `source`. */
  readonly references: readonly Reference[];
}

const readPiece = (piece: Piece): TemplatePart | readonly ExpressionProblem[] => {
  if (piece.kind === 'literal') return piece;
  if (piece.kind === 'unclosed')
    return [
      {
        message: "'${{' is not closed",
        offset: piece.offset,
        suggestion: "Close it with '}}', or write '$${{' for the characters themselves.",
      },
    ];
  const compiled = compileExpression(piece.source);
  if ('expression' in compiled) return { kind: 'expression', expression: compiled.expression, offset: piece.offset };
  return compiled.problems.map((problem) => ({ ...problem, offset: problem.offset + piece.offset }));
};

const isPart = (read: TemplatePart | readonly ExpressionProblem[]): read is TemplatePart => 'kind' in read;

const cache = new Map<string, Template>();
const cacheSize = 2000;

/**
 * Parses a text that may hold expressions: `v${{ params.version }}`. `$${{` stands for the characters `${{`. Parsing the same text again
 * costs nothing.
 * @throws AppError `expression.invalid` with the line and column, inside the text, of each problem.
 */
export const parseTemplate = (text: string): Template => {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const template = buildTemplate(text);
  if (cache.size >= cacheSize) cache.clear();
  cache.set(text, template);
  return template;
};

const buildTemplate = (text: string): Template => {
  const parts: TemplatePart[] = [];
  const problems: ExpressionProblem[] = [];
  for (const piece of scanTemplate(text)) {
    const read = readPiece(piece);
    if (isPart(read)) parts.push(read);
    else problems.push(...read);
  }
  if (problems.length > 0) throw invalidExpression(text, problems);
  const references = parts.flatMap((part) =>
    part.kind === 'literal'
      ? []
      : part.expression.references.map((reference) => ({ ...reference, offset: reference.offset + part.offset })),
  );
  return { source: text, parts: parts.filter((part) => part.kind !== 'literal' || part.text !== ''), references };
};

/**
 * The text of a template in a scope. Numbers and booleans become their text, lists and maps JSON.
 * @throws AppError `expression.failed` that names the value that is missing.
 */
export const renderTemplate = (template: Template, scope: Scope): string =>
  template.parts
    .map((part) => (part.kind === 'literal' ? part.text : textOfCelValue(part.expression.evaluate(scope))))
    .join('');
