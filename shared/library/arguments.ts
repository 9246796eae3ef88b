import { AppError } from '../errors/app-error.ts';
import type { Json } from '../expression/cel-values.ts';
import { didYouMean } from '../expression/nearest-word.ts';
import { parseTemplate } from '../expression/template.ts';
import type { Finding, Path } from '../job/finding.ts';
import { readParamValue } from '../job/param-value.ts';
import type { AppliedCommand, WrittenOperation } from '../model/operation.ts';
import type { Param } from '../model/param.ts';

/** What a command says of its arguments. */
export type ArgumentRules = Pick<AppliedCommand, 'name' | 'arguments' | 'positional'>;

/** What is given to a command, by name; values may hold `${{ }}`. */
type Given = Readonly<Record<string, string>>;

/** The text that a template always has; undefined when it depends on values. */
const literalText = (template: string): string | undefined => {
  const { parts } = parseTemplate(template);
  const texts = parts.flatMap((part) => (part.kind === 'literal' ? [part.text] : []));
  return texts.length === parts.length ? texts.join('') : undefined;
};

const checkGiven = (
  path: Path,
  [name, template]: readonly [string, string],
  rules: ArgumentRules,
): readonly Finding[] => {
  const param = rules.arguments[name];
  if (param === undefined) {
    const known = Object.keys(rules.arguments);
    const list = known.length === 0 ? 'It takes no arguments.' : `Its arguments are ${known.join(', ')}.`;
    const suggestion = didYouMean(name, known) ?? list;
    return [{ path: [...path, name], message: `${rules.name} has no argument '${name}'`, suggestion, atKey: true }];
  }
  const text = literalText(template);
  if (text !== undefined && param.type === 'secret')
    return [
      {
        path: [...path, name],
        message: `argument '${name}' of ${rules.name} is a secret, which no job file may hold`,
        suggestion: 'Declare a param with type: secret, and give it: ${{ params.… }}.',
      },
    ];
  const reading = text === undefined ? undefined : readParamValue(param, text);
  return reading === undefined || 'value' in reading ? [] : [{ path: [...path, name], ...reading }];
};

const isMissing = (name: string, param: Param, given: Given): boolean =>
  param.required && param.default === undefined && !Object.hasOwn(given, name);

/**
 * What is wrong with the use of a command: arguments that it does not have, that are missing, or whose fixed value does not fit. Values that are
 * only known on a node are checked there, by {@link argumentValues}.
 */
export const checkArguments = (path: Path, operation: WrittenOperation, rules: ArgumentRules): readonly Finding[] => {
  const { env, with: given = {} } = operation;
  const missing = Object.entries(rules.arguments).filter(([name, param]) => isMissing(name, param, given));
  const doubled = Object.keys(env).filter(
    (name) => Object.hasOwn(rules.arguments, name) && !rules.positional.includes(name),
  );
  return [
    ...Object.entries(given).flatMap((one) => checkGiven([...path, 'with'], one, rules)),
    ...missing.map(([name, { description }]) => ({
      path: operation.with === undefined ? path : [...path, 'with'],
      message: `${rules.name} needs the argument '${name}'`,
      suggestion: description ?? `Give it: with: {${name}: …}.`,
    })),
    ...doubled.map((name) => ({
      path: [...path, 'env', name],
      message: `'${name}' is an argument of ${rules.name}`,
      suggestion: "Give it under 'with'.",
      atKey: true,
    })),
  ];
};

/** Texts as they are, everything else as JSON. */
const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** What arguments come to on one node. */
export interface ArgumentValues {
  readonly env: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}

/** How the values of a use are made. */
export interface ArgumentSource {
  readonly with: Given;
  /** The text of a template on the node. */
  readonly render: (template: string) => string;
}

const argumentText = (name: string, { name: command, arguments: declared }: ArgumentRules, source: ArgumentSource) => {
  const param = declared[name];
  const template = Object.hasOwn(source.with, name) ? source.with[name] : undefined;
  if (param === undefined) return undefined;
  if (template === undefined) return param.default === undefined ? undefined : textOf(param.default);
  const reading = readParamValue(param, source.render(template));
  if ('value' in reading) return textOf(reading.value);
  throw new AppError('argument.invalid', `argument '${name}' of ${command}: ${reading.message}`);
};

/** Positions are kept by empty texts; those after the last argument with a value are left out. */
const positionalTexts = (values: readonly (string | undefined)[]): readonly string[] =>
  values.slice(0, values.findLastIndex((value) => value !== undefined) + 1).map((value) => value ?? '');

/**
 * The arguments of a command on one node: as environment variables of exactly their names, or by position. One without value and default is
 * absent.
 * @throws AppError `argument.invalid` for a value that does not fit, `expression.failed`
 */
export const argumentValues = (rules: ArgumentRules, source: ArgumentSource): ArgumentValues => {
  const named = Object.keys(rules.arguments).filter((name) => !rules.positional.includes(name));
  return {
    env: Object.fromEntries(
      named.flatMap((name) => {
        const value = argumentText(name, rules, source);
        return value === undefined ? [] : [[name, value] as const];
      }),
    ),
    args: positionalTexts(rules.positional.map((name) => argumentText(name, rules, source))),
  };
};
