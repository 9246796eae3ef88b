import { referenceParts } from './reference-parts.ts';

/** What a variable of a condition stands for: an expression of CEL that gives a text, or a fixed text. */
export type ConditionValue = { readonly cel: string } | { readonly text: string };

/** A translated condition, with what is worth knowing; or why it cannot be translated and what to do. */
export type TranslatedCondition =
  | { readonly cel: string; readonly notices: readonly string[] }
  | { readonly why: string; readonly instead: string };

interface Token {
  readonly kind: 'number' | 'text' | 'variable' | 'operator' | 'word' | 'file' | 'open' | 'close' | 'other';
  readonly text: string;
  readonly offset: number;
}

class Refusal extends Error {
  readonly instead: string;
  constructor(why: string, instead: string) {
    super(why);
    this.instead = instead;
  }
}

const pattern = new RegExp(
  [
    String.raw`(?<number>\d+(?:\.\d+)?(?![\w.]))`,
    `"(?<double>[^"]*)"|'(?<single>[^']*)'`,
    String.raw`\$\{(?<braced>\w+)\}|\$(?<plain>\w+)`,
    String.raw`(?<operator>==|!=|<=|>=|=|<|>|\+|\*|/|(?:contains|startswith)\b)`,
    String.raw`(?<file>-[fdel]\b)|(?<minus>-)`,
    String.raw`(?<open>\()|(?<close>\))`,
    String.raw`(?<word>(?:and|or|not)\b)`,
    String.raw`(?<other>[^\s()"'$]+|.)`,
  ].join('|'),
  'giu',
);

const tokenOf = (match: RegExpExecArray | RegExpMatchArray): Token => {
  const groups = match.groups ?? {};
  const offset = match.index ?? 0;
  const text = groups['double'] ?? groups['single'];
  const variable = groups['braced'] ?? groups['plain'];
  if (text !== undefined) return { kind: 'text', text, offset };
  if (variable !== undefined) return { kind: 'variable', text: variable, offset };
  if (groups['minus'] !== undefined) return { kind: 'operator', text: '-', offset };
  for (const kind of ['number', 'file', 'open', 'close'] as const)
    if (groups[kind] !== undefined) return { kind, text: match[0], offset };
  if (groups['word'] !== undefined) return { kind: 'word', text: match[0].toLowerCase(), offset };
  // `contains` and `startswith` were known in small letters only.
  const isOperator = groups['operator'] !== undefined && match[0] === match[0].toLowerCase();
  return { kind: isOperator ? 'operator' : 'other', text: match[0], offset };
};

const tokensOf = (source: string): readonly Token[] =>
  [...source.matchAll(pattern)].map(tokenOf).filter(({ text, kind }) => kind === 'text' || text.trim() !== '');

/** A side of a comparison. Digits alone were a number, wherever they came from. */
type Operand =
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'expression'; readonly cel: string };

const fixed = (text: string): Operand => (/^\d{1,18}$/.test(text) ? { kind: 'number', text } : { kind: 'text', text });

const quoted = (text: string): string => JSON.stringify(text);
const textCel = (operand: Operand): string => (operand.kind === 'expression' ? operand.cel : quoted(operand.text));
const isNumber = (cel: string): string => `${cel}.matches("^[0-9]{1,18}$")`;
const intCel = (operand: Operand): string =>
  operand.kind === 'expression' ? `int(${operand.cel})` : String(BigInt(operand.text));

const equalCel = (left: Operand, right: Operand): string => {
  if (left.kind !== 'expression' && right.kind !== 'expression') {
    const same =
      left.kind === 'number' && right.kind === 'number' ? intCel(left) === intCel(right) : left.text === right.text;
    return String(same);
  }
  if (left.kind !== 'expression') return equalCel(right, left);
  if (right.kind === 'number') return `(${isNumber(left.cel)} && int(${left.cel}) == ${intCel(right)})`;
  if (right.kind === 'text') return `${left.cel} == ${quoted(right.text)}`;
  const both = `${isNumber(left.cel)} && ${isNumber(right.cel)}`;
  return `(${both} ? int(${left.cel}) == int(${right.cel}) : ${left.cel} == ${right.cel})`;
};

const arithmetic = new Set(['+', '-', '*', '/']);

/** Reads one condition by recursive descent: `or`, `and`, `not`, one comparison, parentheses. */
class Reader {
  readonly notices: string[] = [];
  readonly #tokens: readonly Token[];
  readonly #lookUp: (name: string) => ConditionValue | undefined;
  #at = 0;

  constructor(source: string, lookUp: (name: string) => ConditionValue | undefined) {
    this.#tokens = tokensOf(source);
    this.#lookUp = lookUp;
  }

  whole(source: string): string {
    if (this.#tokens.length === 0) throw new Refusal('it is empty', 'write a condition');
    const cel = this.#or();
    const rest = this.#tokens[this.#at];
    if (rest !== undefined)
      throw new Refusal(
        `the old engine ignored all of it from ${quoted(source.slice(rest.offset, rest.offset + 40))} on`,
        'decide what it is to mean: write and/or between comparisons, quotes around texts, or leave the rest away',
      );
    return cel;
  }

  #peek(kind: Token['kind'], text?: string): boolean {
    const token = this.#tokens[this.#at];
    return token?.kind === kind && (text === undefined || token.text === text);
  }

  #take(kind: Token['kind'], text?: string): boolean {
    if (!this.#peek(kind, text)) return false;
    this.#at += 1;
    return true;
  }

  #or(): string {
    const parts = [this.#and()];
    while (this.#take('word', 'or')) parts.push(this.#and());
    return parts.length === 1 ? parts.join('') : `(${parts.join(' || ')})`;
  }

  #and(): string {
    const parts = [this.#not()];
    while (this.#take('word', 'and')) parts.push(this.#not());
    return parts.join(' && ');
  }

  #not(): string {
    return this.#take('word', 'not') ? `!(${this.#not()})` : this.#comparison();
  }

  #comparison(): string {
    if (this.#take('open')) {
      const inner = this.#or();
      if (!this.#take('close')) throw new Refusal('a parenthesis is not closed', 'close it');
      return `(${inner})`;
    }
    const left = this.#operand();
    const operator = this.#tokens[this.#at];
    if (operator?.kind !== 'operator')
      throw new Refusal(
        'a value alone was a mistake of syntax in the old engine, which failed the node',
        'compare it with something, such as $FLAG = "true"',
      );
    this.#at += 1;
    if (arithmetic.has(operator.text)) throw arithmeticRefusal;
    const right = this.#operand();
    if (this.#peek('operator')) throw arithmeticRefusal;
    return this.#compare(operator.text, left, right);
  }

  #compare(operator: string, left: Operand, right: Operand): string {
    if (operator === '=' || operator === '==') return equalCel(left, right);
    if (operator === '!=') return `!(${equalCel(left, right)})`;
    if (operator === 'contains') return `${textCel(left)}.contains(${textCel(right)})`;
    if (operator === 'startswith') return `${textCel(left)}.startsWith(${textCel(right)})`;
    if (left.kind === 'text' || right.kind === 'text') return `${textCel(left)} ${operator} ${textCel(right)}`;
    if (left.kind === 'expression' && right.kind === 'expression')
      this.notices.push('compares two values as numbers now; texts were compared by their letters');
    return `${intCel(left)} ${operator} ${intCel(right)}`;
  }

  #operand(): Operand {
    const token = this.#tokens[this.#at];
    this.#at += 1;
    switch (token?.kind) {
      case 'number':
        if (token.text.includes('.'))
          throw new Refusal(
            `the old engine read ${token.text} as ${token.text.split('.')[0]} and ignored the rest of the condition`,
            'decide what it is to mean, and compare whole numbers or quoted texts',
          );
        return fixed(token.text);
      case 'text':
        return this.#text(token.text);
      case 'variable':
        return this.#variable(token.text);
      case 'file':
        throw new Refusal(
          `${token.text} tested a file of the runner`,
          'test it in an operation before, write the answer to an output, and set a variable from that with setenv',
        );
      default:
        throw new Refusal(
          token === undefined ? 'it ends too early' : `${quoted(token.text)} is no value: texts stand in quotes`,
          'write a number, a text in quotes, or a $VARIABLE',
        );
    }
  }

  #variable(name: string): Operand {
    const value = this.#lookUp(name);
    if (value === undefined)
      throw new Refusal(
        `$${name} is neither a parameter of the job, nor set by setenv before, nor known of nodes`,
        'the old engine compared the characters themselves; write them in single pieces, or declare the parameter',
      );
    return 'text' in value ? fixed(value.text) : { kind: 'expression', cel: value.cel };
  }

  #text(text: string): Operand {
    const parts = referenceParts(text).map((part): Operand => {
      return part.kind === 'text' ? { kind: 'text', text: part.text } : this.#variable(part.name);
    });
    if (parts.every((part) => part.kind !== 'expression')) return fixed(parts.map(({ text }) => text).join(''));
    return {
      kind: 'expression',
      cel: parts.length === 1 ? parts.map(textCel).join('') : `(${parts.map(textCel).join(' + ')})`,
    };
  }
}

const arithmeticRefusal = new Refusal(
  'the old engine read several operators in a row wrongly ($A + 1 = 2 as ($A + 1) + 2)',
  'compute the value in a script, and compare it with one operator',
);

/**
 * Translates a condition of an IF-Block to CEL, with the meaning it had: texts of digits alone are numbers, `$X` and `${X}` are put into texts, all
 * comparisons bind alike and tighter than not, and, or. What the old engine read in a way that nobody meant is refused.
 */
export const translateCondition = (
  source: string,
  lookUp: (name: string) => ConditionValue | undefined,
): TranslatedCondition => {
  const reader = new Reader(source, lookUp);
  try {
    return { cel: reader.whole(source), notices: reader.notices };
  } catch (error) {
    if (error instanceof Refusal) return { why: error.message, instead: error.instead };
    throw error;
  }
};
