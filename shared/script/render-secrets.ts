import { digits } from './compact-sh.ts';
import { requireCarriable, shLiteral } from './literal.ts';
import * as text from './sh-secrets.ts';
import type { SecretText, WrapperSecrets } from './wrapper-input.ts';

/** So many secrets can one operation have: their variables differ in one character. */
export const maxSecrets = digits.length;

/** The wrapper's variable for a secret; a name that no variable of a script has. */
const secretName = (index: number): string => `_s${digits.charAt(index)}`;

const secretWord = (parts: SecretText): string =>
  parts.map((part) => (typeof part === 'string' ? shLiteral(part) : `"$${secretName(part)}"`)).join('');

/** `TOKEN="$_s0" URL='https://u:'"$_s1"'@h'`, for export. */
export const secretAssignments = (env: Readonly<Record<string, SecretText>> = {}): string =>
  Object.entries(env)
    .map(([name, parts]) => `${name}=${secretWord(parts)}`)
    .join(' ');

const agentNumbers = ({ fromAgent }: WrapperSecrets): readonly number[] => Object.keys(fromAgent).map(Number);

/** The part of the wrapper that comes by the secrets. */
export const secretTemplate = (secrets: WrapperSecrets | undefined): string =>
  secrets === undefined
    ? ''
    : [
        text.needs,
        secrets.sealed === undefined ? text.nothingSealed : text.open,
        agentNumbers(secrets).length === 0 ? '' : text.fromAgent,
        text.mask,
      ].join('\n');

/** What wrappers with secrets do beside that, by placeholder of the template; nothing in the others. */
export const secretPieces = (secrets: WrapperSecrets | undefined): Readonly<Record<string, string>> => ({
  MASK: secrets === undefined ? '' : '_mask',
  AGENTLINES: secrets === undefined || agentNumbers(secrets).length === 0 ? '' : text.agentLines,
});

/** Values of the placeholders that {@link secretTemplate} leaves. */
export const secretValues = (secrets: WrapperSecrets | undefined): Readonly<Record<string, string>> => {
  if (secrets === undefined) return {};
  const { sealed, fromAgent, endWord } = secrets;
  const numbers = agentNumbers(secrets);
  const names = numbers.map(secretName);
  return {
    SECRETURL: shLiteral(sealed?.url ?? ''),
    DIGEST: sealed?.digest ?? '',
    KEY: sealed?.key ?? '',
    AGENTSECRETS: numbers
      .map((index) => `${secretName(index)}=$(cat <<'${endWord}'\n{{oos-secret:${fromAgent[index]}}}\n${endWord}\n)`)
      .join('\n'),
    AGENTSHOWN: `"${names.map((name) => `$${name}`).join('')}"`,
    AGENTVALUES: names.map((name) => `${name}="$${name}" `).join(''),
  };
};

/**
 * What is sealed for a wrapper in sh: the values of the secrets by number, and the texts that it masks.
 * @throws AppError `script.invalid` for a value that no variable can carry
 */
export const secretPayload = (values: ReadonlyMap<number, string>, masked: readonly string[]): string => {
  for (const [index, value] of values) requireCarriable(`Secret ${index + 1}`, value);
  const lines = masked.map((one) => `${one.replaceAll('%', '%25').replaceAll('\n', '%0a')}\n`).join('');
  return [
    ...Array.from(values, ([index, value]) => `${secretName(index)}=${shLiteral(value)}`),
    `_x0=${shLiteral(lines)}`,
  ].join('\n');
};
