import { TypeError as CelTypeError, EvaluationError, ParseError } from '@marcbachmann/cel-js';
import { AppError, type ErrorPlace, messageOf } from '../errors/app-error.ts';
import { dottedNameOf } from './accesses.ts';

/** One thing that is wrong with an expression; `offset` counts characters from 0. */
export interface ExpressionProblem {
  readonly message: string;
  readonly offset: number;
  readonly suggestion?: string;
}

const placeOf = (text: string, problem: ExpressionProblem): ErrorPlace => {
  const before = text.slice(0, problem.offset);
  return {
    message: problem.message,
    line: before.split('\n').length,
    column: problem.offset - before.lastIndexOf('\n'),
    ...(problem.suggestion === undefined ? {} : { suggestion: problem.suggestion }),
  };
};

/** The error for a text with wrong expressions; its places count lines and columns inside that text. */
export const invalidExpression = (text: string, problems: readonly ExpressionProblem[]): AppError => {
  const [first] = problems;
  const where = first === undefined ? '' : ` at character ${first.offset + 1}`;
  return new AppError('expression.invalid', `${first?.message ?? 'The expression is wrong'}${where} of '${text}'`, {
    hint: first?.suggestion ?? 'Expressions are CEL over params, node, outputs and run.',
    places: problems.map((problem) => placeOf(text, problem)),
  });
};

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** What the CEL library says about a text that does not parse or whose types do not fit. */
export const problemOfCelError = (error: unknown): ExpressionProblem => {
  if (!(error instanceof ParseError || error instanceof CelTypeError))
    return { message: sentence(messageOf(error).split('\n')[0] ?? ''), offset: 0 };
  const comparesText = /no such overload: (?:string .* (?:int|double)|(?:int|double) .* string)$/.test(error.summary);
  return {
    message: sentence(error.summary),
    offset: error.range?.start ?? 0,
    ...(comparesText
      ? { suggestion: "Outputs and tags are text: convert with int() or double(), or compare with '…'." }
      : {}),
  };
};

const isMissing = (error: EvaluationError): boolean =>
  error.code === 'no_such_key' || error.code === 'unknown_variable';

/** The error for an expression that has no value in a scope. Names what is missing, never a value. */
export const failedExpression = (source: string, error: unknown): AppError => {
  if (!(error instanceof EvaluationError))
    return new AppError('expression.failed', `'${source}' has no value: ${messageOf(error)}`, { cause: error });
  const name = error.node === undefined ? undefined : dottedNameOf(error.node)?.replace(/^NODE\b/, 'node');
  if (isMissing(error) && name !== undefined)
    return new AppError('expression.failed', `${name} has no value (in '${source}')`, {
      hint: `Give it a value or a default, or guard it: has(${name}) ? ${name} : "".`,
      cause: error,
    });
  return new AppError('expression.failed', `'${source}' has no value: ${error.summary}`, { cause: error });
};
