import type { ParseResult } from '@marcbachmann/cel-js';
import { type Access, accessesOf } from './accesses.ts';
import { celEnvironment, scopeRoots, textOutputsEnvironment } from './cel-environment.ts';
import { type ExpressionProblem, failedExpression, invalidExpression, problemOfCelError } from './expression-error.ts';
import { didYouMean } from './nearest-word.ts';
import { type Reference, referenceOf } from './references.ts';
import { nodeFieldTypes, runFieldTypes, type Scope, toCelContext, truthfulNode } from './scope.ts';

/** A compiled CEL expression. */
export interface Expression {
  readonly source: string;
  /** CEL type of its value: `bool`, `string`, `int` …; `dyn` when only evaluation can tell. */
  readonly type: string;
  readonly references: readonly Reference[];
  /**
   * Its value as CEL has it (bigint for `int`).
   * @throws AppError `expression.failed`
   */
  evaluate(scope: Scope): unknown;
}

/** Loops in loops in loops over long lists would keep a machine busy for minutes. */
const maxLoopDepth = 2;
const maxLength = 4096;
const cacheSize = 2000;

type Compiled =
  | { readonly expression: Expression }
  | { readonly problems: readonly ExpressionProblem[]; readonly references: readonly Reference[] };

const cache = new Map<string, Compiled>();

const isTruthful = ({ root, names, indexed, inHas }: Access): boolean =>
  root === 'node' && (inHas || (!indexed && (names.length === 0 || (names.length === 1 && names[0] === 'tags'))));

/** Points the uses of `node` that must see absent things as absent to the truthful view. Offsets stay. */
const pointToTruth = (source: string, accesses: readonly Access[]): string =>
  accesses
    .filter(isTruthful)
    .reduce(
      (text, { offset }) => text.slice(0, offset) + truthfulNode + text.slice(offset + truthfulNode.length),
      source,
    );

const unknownField = (root: string, name: string, offset: number, fields: readonly string[]): ExpressionProblem => ({
  message: `${root} has no field '${name}'`,
  offset,
  suggestion: didYouMean(name, fields) ?? `It has ${fields.join(', ')}.`,
});

const problemOfReference = (reference: Reference): ExpressionProblem | undefined => {
  const { offset } = reference;
  if (reference.kind === 'unknown')
    return {
      message: `Unknown name '${reference.name}'`,
      offset,
      suggestion:
        didYouMean(reference.name, scopeRoots) ?? 'Expressions know params, node, outputs, env, each and run.',
    };
  if (reference.kind === 'node') {
    const [field = ''] = reference.path.split('.');
    const known = field === '' || Object.hasOwn(nodeFieldTypes, field);
    return known ? undefined : unknownField('node', field, offset, Object.keys(nodeFieldTypes));
  }
  if (reference.kind === 'run' && reference.name !== '' && !Object.hasOwn(runFieldTypes, reference.name))
    return unknownField('run', reference.name, offset, Object.keys(runFieldTypes));
  return undefined;
};

const parse = (text: string): ParseResult | ExpressionProblem => {
  try {
    return celEnvironment.parse(text);
  } catch (error) {
    return problemOfCelError(error);
  }
};

const buildExpression = (source: string, program: ParseResult, references: readonly Reference[]): Compiled => {
  const check = program.check();
  if (!check.valid) return { problems: [problemOfCelError(check.error)], references };
  const evaluate = (scope: Scope): unknown => {
    try {
      return program(toCelContext(scope));
    } catch (error) {
      throw failedExpression(source.trim(), error);
    }
  };
  return { expression: { source, type: check.type ?? 'dyn', references, evaluate } };
};

const compile = (source: string): Compiled => {
  const wrong = (message: string): Compiled => ({ problems: [{ message, offset: 0 }], references: [] });
  if (source.length > maxLength) return wrong(`An expression has at most ${maxLength} characters`);
  if (source.trim() === '') return wrong('The expression is empty');
  const parsed = parse(source);
  if (!('ast' in parsed)) return { problems: [parsed], references: [] };
  const { accesses, loopDepth } = accessesOf(parsed.ast);
  if (loopDepth > maxLoopDepth) return wrong(`Loops (all, exists, map, filter) nest at most ${maxLoopDepth} deep`);
  const references = accesses.flatMap((access) => referenceOf(access) ?? []);
  const problems = references.flatMap((reference) => problemOfReference(reference) ?? []);
  if (problems.length > 0) return { problems, references };
  const pointed = parse(pointToTruth(source, accesses));
  return 'ast' in pointed ? buildExpression(source, pointed, references) : { problems: [pointed], references };
};

/** Compiles a CEL expression over `Scope`, or says what is wrong with it. The last 2,000 texts are kept compiled. */
export const compileExpression = (source: string): Compiled => {
  const known = cache.get(source);
  if (known !== undefined) return known;
  const compiled = compile(source);
  if (cache.size >= cacheSize) cache.clear();
  cache.set(source, compiled);
  return compiled;
};

/**
 * A CEL expression of any type.
 * @throws AppError `expression.invalid` with the place of each problem
 */
export const parseExpression = (source: string): Expression => {
  const compiled = compileExpression(source);
  if ('expression' in compiled) return compiled.expression;
  throw invalidExpression(source, compiled.problems);
};

/**
 * What an expression refers to, also when names in it are unknown.
 * An expression that does not parse refers to nothing.
 */
export const referencesOf = (source: string): readonly Reference[] => {
  const compiled = compileExpression(source);
  return 'expression' in compiled ? compiled.expression.references : compiled.references;
};

/**
 * What is wrong with an expression when every output that it reads is a text; undefined when nothing is, and for expressions that are wrong
 * anyway.
 */
export const problemWithTextOutputs = (source: string): ExpressionProblem | undefined => {
  if (!('expression' in compileExpression(source))) return undefined;
  const check = textOutputsEnvironment.parse(source).check();
  return check.valid ? undefined : problemOfCelError(check.error);
};
