export const secretKinds = ['env', 'file', 'local', 'ssm', 'secretsmanager', 'oos-secret'] as const;
/** Where a secret is kept. */
export type SecretKind = (typeof secretKinds)[number];

/** Names a secret without saying what it is. */
export interface SecretReference {
  readonly kind: SecretKind;
  /** Name of the variable, path of the file, name in the store. */
  readonly name: string;
  /** `secretsmanager:` only: the key of a JSON object whose value is meant. */
  readonly jsonKey?: string;
}

/** What a reference of a kind is made of. */
interface Form {
  /** Of what follows the colon, with groups `name` and `key`. */
  readonly pattern: RegExp;
  readonly example: string;
  readonly what: string;
}

const forms: Readonly<Record<SecretKind, Form>> = {
  env: {
    pattern: /^(?<name>[A-Za-z_][A-Za-z0-9_]{0,127})$/,
    example: 'env:DROVER_SECRET_TOKEN',
    what: 'the name of an environment variable of the server',
  },
  file: {
    pattern: /^(?<name>\/[^\0\r\n]{1,4095})$/,
    example: 'file:/etc/drover/token',
    what: 'an absolute path on the server',
  },
  local: {
    pattern: /^(?<name>[A-Za-z0-9][A-Za-z0-9._/-]{0,127})$/,
    example: 'local:shop/token',
    what: 'a name in the local store (letters, digits, . _ / -)',
  },
  ssm: {
    pattern: /^(?<name>\/?[A-Za-z0-9_.-]+(?:\/[A-Za-z0-9_.-]+){0,14})$/,
    example: 'ssm:/drover/secrets/token',
    what: 'the name of a SecureString parameter of SSM',
  },
  secretsmanager: {
    pattern:
      /^(?<name>(?:arn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:)?[A-Za-z0-9/_+=.@-]{1,512})(?:#(?<key>[^\0\r\n]{1,128}))?$/,
    example: 'secretsmanager:drover/secrets/shop#token',
    what: 'the name of a secret, and after # a key of its JSON object',
  },
  'oos-secret': {
    pattern: /^(?<name>[A-Za-z0-9][A-Za-z0-9/_.-]{0,179})$/,
    example: 'oos-secret:token',
    what: "the name of an encrypted parameter in Alibaba Cloud's parameter store",
  },
};

/** A reference, or why a text is none. Nothing of the text is in the answer: it may be the secret itself. */
export type ReferenceReading =
  | { readonly reference: SecretReference }
  | { readonly message: string; readonly suggestion: string };

const isKind = (text: string): text is SecretKind => secretKinds.some((kind) => kind === text);

const clearText: ReferenceReading = {
  message: 'expected a reference to a secret; what was given is not shown, as it may be the secret itself',
  suggestion: `Never give the value. Write where it is kept: ${secretKinds.map((kind) => forms[kind].example).join(', ')}.`,
};

/** Reads `kind:name`. */
export const readReference = (given: unknown): ReferenceReading => {
  if (typeof given !== 'string') return clearText;
  const colon = given.indexOf(':');
  const kind = given.slice(0, Math.max(colon, 0));
  if (!isKind(kind)) return clearText;
  const { pattern, example, what } = forms[kind];
  const { name, key } = pattern.exec(given.slice(colon + 1))?.groups ?? {};
  if (name === undefined)
    return {
      message: `after '${kind}:' comes ${what}; what was given is not shown`,
      suggestion: `Such as ${example}.`,
    };
  return { reference: { kind, name, ...(key === undefined ? {} : { jsonKey: key }) } };
};

/** A reference as it is written. */
export const formatReference = ({ kind, name, jsonKey }: SecretReference): string =>
  `${kind}:${name}${jsonKey === undefined ? '' : `#${jsonKey}`}`;
