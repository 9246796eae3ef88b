import { psLiteral } from './ps-literal.ts';
import { fileSeconds } from './search-paths.ts';
import type { CompleteInput, InstanceValues, SecretText } from './wrapper-input.ts';

/** Numbers of files begin here, where those of secrets stand in values too. */
export const firstFileNumber = 1000;

type Files = NonNullable<CompleteInput['files']>;

/** A text cut at the files that it names; the text itself when it names none. */
export const cutAtFiles = (text: string, files: Files): SecretText =>
  files.reduce<SecretText>(
    (parts, { value }, index) =>
      parts.flatMap((part) => {
        if (typeof part === 'number' || !part.includes(value)) return [part];
        const pieces = part.split(value);
        return pieces.flatMap((piece, at) => [
          ...(at === 0 ? [] : [firstFileNumber + index]),
          ...(piece === '' ? [] : [piece]),
        ]);
      }),
    [text],
  );

const namesFile = (parts: SecretText): boolean => parts.some((part) => typeof part === 'number');

/** Variables with files move to those whose values are put together late, when the paths are known. */
const deferred = (values: Pick<InstanceValues, 'env' | 'secretEnv'>, files: Files) => {
  const cut = Object.entries(values.env ?? {}).map(([name, text]) => [name, cutAtFiles(text, files)] as const);
  const secret = Object.entries(values.secretEnv ?? {}).map(
    ([name, parts]) =>
      [name, parts.flatMap((part) => (typeof part === 'number' ? [part] : cutAtFiles(part, files)))] as const,
  );
  return {
    env: Object.fromEntries(
      cut.filter(([, parts]) => !namesFile(parts)).map(([name, parts]) => [name, parts.join('')]),
    ),
    secretEnv: Object.fromEntries([...secret, ...cut.filter(([, parts]) => namesFile(parts))]),
  };
};

/** The input with all that names a file among the values that are put together late. */
export const deferFiles = (input: CompleteInput): CompleteInput => {
  const { files = [], perInstance } = input;
  if (files.length === 0) return input;
  return {
    ...input,
    ...deferred(input, files),
    ...(perInstance === undefined
      ? {}
      : {
          perInstance: Object.fromEntries(
            Object.entries(perInstance).map(([id, values]) => [id, { ...values, ...deferred(values, files) }]),
          ),
        }),
  };
};

/** Values of the placeholders in the text of ps-files.ts. */
export const psFileValues = ({ files = [] }: CompleteInput): Readonly<Record<string, string>> => ({
  FILESECONDS: String(fileSeconds),
  OBTAIN: files
    .map(({ sha256, url, name }, index) => `dk '${index}' '${sha256}' ${psLiteral(url)} ${psLiteral(name)}`)
    .join('\n'),
});
