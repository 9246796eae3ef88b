import { Fields } from './fields.ts';
import type { UnsupportedThing } from './findings.ts';
import { isEmptyValue, valueText } from './source-text.ts';
import type { SourceValue } from './source-value.ts';
import { type ReferenceScope, toTemplate } from './to-template.ts';

type Refusal = Pick<UnsupportedThing, 'why' | 'instead'>;

const fileRefusal: Refusal = {
  why: 'files of the old system are not known here',
  instead: 'let the script fetch the file, and leave the value empty',
};

/** Types whose values only the old system could make sense of. */
const refusedTypes: ReadonlyMap<string, Refusal> = new Map([
  [
    'password',
    {
      why: 'a password must not stand in a job, and an encrypted one opens only with the key of the old system',
      instead:
        'let the script fetch the secret on the node (for instance from a parameter store), and leave the value empty',
    },
  ],
  [
    'account',
    {
      why: "accounts are looked up in the old system's console",
      instead: 'let the script fetch the account on the node, and leave the value empty',
    },
  ],
  ['file', fileRefusal],
  ['filepath', fileRefusal],
]);

/** A value as the tool received it: line ends of a textarea become the two characters `\n`. */
const plainText = (value: SourceValue, type: string): string => {
  const text = valueText(value);
  return type === 'textarea' ? text.replace(/\r?\n/g, '\\n') : text;
};

const carryOver = (value: SourceValue, type: string, what: string, scope: ReferenceScope): string => {
  const refusal = refusedTypes.get(type);
  if (refusal !== undefined && !isEmptyValue(value)) {
    scope.findings.unsupported(value.place, { what: `${what} of type ${type}`, ...refusal });
  }
  return toTemplate(plainText(value, type), value.place, scope);
};

const optionArgs = (name: string, value: SourceValue, type: string, scope: ReferenceScope): readonly string[] => {
  if (isEmptyValue(value)) return [];
  const flag = [...name].length === 1 ? `-${name}` : `--${name}`;
  return [flag, carryOver(value, type, `the option ${name}`, scope)];
};

const freeArg = (item: SourceValue, scope: ReferenceScope): readonly string[] => {
  if (item.kind !== 'map') return [carryOver(item, 'text', 'an argument', scope)];
  const fields = new Fields(item, scope.findings);
  const value = fields.get('value');
  return value === undefined ? [] : [carryOver(value, fields.text('type') ?? 'text', 'an argument', scope)];
};

/**
 * Arguments of an operation in the old command-line form: `--name value` (`-n value` for names of one character) in the order of `opt`,
 * empty ones left out, then the items of `arg`. Each is data: no shell sees it.
 */
export const toArgs = (scope: ReferenceScope): string[] => {
  const { fields } = scope.operation;
  const types = fields.object('desc');
  const typeOf = (name: string): string => {
    const type = types.get(name);
    return type === undefined ? 'text' : valueText(type);
  };
  const options = [...fields.object('opt')].flatMap(([name, value]) => optionArgs(name, value, typeOf(name), scope));
  return [...options, ...fields.list('arg').flatMap((item) => freeArg(item, scope))];
};
