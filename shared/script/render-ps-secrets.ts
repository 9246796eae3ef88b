import { windowsPatterns } from '../secrets/windows-patterns.ts';
import { encodeBase64 } from './base64.ts';
import { windowsArguments } from './command-line.ts';
import { requireCarriable } from './literal.ts';
import { psLiteral } from './ps-literal.ts';
import { cutAtFiles, firstFileNumber } from './render-ps-files.ts';
import type { CompleteInput, SecretText } from './wrapper-input.ts';

type SecretEnv = Readonly<Record<string, SecretText>>;

const secretWord = (parts: SecretText): string => {
  const words = parts.map((part) => {
    if (typeof part === 'string') return psLiteral(part);
    return part < firstFileNumber ? `$dx['${part}']` : `$di['${part - firstFileNumber}']`;
  });
  return words.length === 0 ? "''" : `(${words.join('+')})`;
};

const assignments = (env: SecretEnv = {}): readonly string[] =>
  Object.entries(env).map(([name, parts]) => `ds '${name}' ${secretWord(parts)}`);

/** The arguments again, when they name files. */
const lateArgs = (
  args: readonly string[] | undefined,
  { interpreter, files = [] }: CompleteInput,
): readonly string[] => {
  const line = cutAtFiles(windowsArguments(interpreter, args ?? []), files);
  return line.every((part) => typeof part === 'string') ? [] : [`$da=${secretWord(line)}`];
};

const arms = (input: CompleteInput): readonly string[] =>
  Object.entries(input.perInstance ?? {}).flatMap(([instanceId, { secretEnv, args }]) => {
    const steps = [...assignments(secretEnv), ...lateArgs(args, input)];
    return steps.length === 0 ? [] : [`'${instanceId}'{${[...steps, 'break'].join(';')}}`];
  });

/** True when an instance has values of its own with secrets or files. */
export const hasOwnLateValues = (input: CompleteInput): boolean => arms(input).length > 0;

/** Values of the placeholders in the text of ps-secrets.ts. */
export const psSecretValues = (input: CompleteInput): Readonly<Record<string, string>> => {
  const { sealed } = input.secrets ?? {};
  return {
    SECRETURL: psLiteral(sealed?.url ?? ''),
    DIGEST: sealed?.digest ?? '',
    KEY: sealed?.key ?? '',
    LATEVARIABLES: [...assignments(input.secretEnv), ...lateArgs(input.args, input)].join('\n'),
    LATEARMS: arms(input).join('\n'),
  };
};

const base64 = (text: string): string => encodeBase64(new TextEncoder().encode(text));

/**
 * What is sealed for a wrapper in PowerShell: the values of the secrets by number, and the patterns that it masks.
 * @throws AppError `script.invalid` for a value that no variable can carry
 */
export const psSecretPayload = (values: ReadonlyMap<number, string>): string => {
  for (const [index, value] of values) requireCarriable(`Secret ${index + 1}`, value);
  const { patterns, reachBytes } = windowsPatterns([...values.values()]);
  return [
    ...Array.from(values, ([index, value]) => `s${index} ${base64(value)}`),
    `k${reachBytes}`,
    ...patterns.map(({ before, core, after }) => `m${before}\t${core}\t${after}`),
  ].join('\n');
};
