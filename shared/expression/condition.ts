import { AppError } from '../errors/app-error.ts';
import { compileExpression, type Expression } from './expression.ts';
import { invalidExpression } from './expression-error.ts';
import type { Reference } from './references.ts';
import type { Scope } from './scope.ts';

/** A condition: a CEL expression that is true or false. */
export interface Condition {
  readonly source: string;
  readonly references: readonly Reference[];
  /**
   * Whether the condition holds in a scope.
   * @throws AppError `expression.failed` when it has no value there, or one that is not a boolean.
   */
  evaluate(scope: Scope): boolean;
}

const evaluateBoolean = (expression: Expression, scope: Scope): boolean => {
  const value = expression.evaluate(scope);
  if (typeof value === 'boolean') return value;
  throw new AppError(
    'expression.failed',
    `'${expression.source.trim()}' gives a ${celTypeName(value)}, not true or false`,
    {
      hint: 'Compare it with something: ==, !=, <, >, in.',
    },
  );
};

const celTypeName = (value: unknown): string => {
  if (typeof value === 'bigint' || typeof value === 'number') return 'number';
  if (Array.isArray(value)) return 'list';
  return typeof value === 'object' ? (value === null ? 'null' : 'map') : typeof value;
};

/**
 * Parses a condition. Parsing the same text again costs nothing.
 * @throws AppError `expression.invalid` with the place of each problem, when it is no CEL, refers to unknown names or fields, or can never
 * be a boolean.
 */
export const parseCondition = (text: string): Condition => {
  const compiled = compileExpression(text);
  if (!('expression' in compiled)) throw invalidExpression(text, compiled.problems);
  const { expression } = compiled;
  if (expression.type !== 'bool' && expression.type !== 'dyn')
    throw invalidExpression(text, [
      {
        message: `A condition must be true or false; this one gives a ${expression.type}`,
        offset: 0,
        suggestion: 'Compare it with something: ==, !=, <, >, in.',
      },
    ]);
  return {
    source: text,
    references: expression.references,
    evaluate: (scope) => evaluateBoolean(expression, scope),
  };
};
