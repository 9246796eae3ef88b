/** A System.Char. */
export class Char {
  readonly code: number;
  constructor(code: number) {
    this.code = code;
  }
}

/** An object of .NET with its members, whose names are in small letters. */
export interface NetObject {
  readonly type: string;
  get?(name: string): unknown;
  set?(name: string, value: unknown): void;
  call?(name: string, args: readonly unknown[]): unknown;
  item?(key: unknown): unknown;
  setItem?(key: unknown, value: unknown): void;
}

export const isNetObject = (value: unknown): value is NetObject =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

/** What a script's `throw` or a failing call of .NET is; `catch` takes it. */
export class PsError extends Error {}

/** A defect of the script: something that these tests' PowerShell does not know. No `catch` of the script takes it. */
export class NotKnown extends Error {}

/** A value as text, as PowerShell casts it. */
export const textOf = (value: unknown): string => {
  if (value === null || value === undefined) return '';
  if (value instanceof Char) return String.fromCharCode(value.code);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'string') return String(value);
  if (Array.isArray(value)) return value.map(textOf).join(' ');
  throw new NotKnown(`text of ${JSON.stringify(value)}`);
};

export const numberOf = (value: unknown): number => {
  if (value === null || value === undefined) return 0;
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof Char) return value.code;
  if (typeof value === 'string') {
    const number = value.trim() === '' ? 0 : Number(value);
    if (Number.isNaN(number)) throw new PsError(`Cannot convert value "${value}" to a number.`);
    return number;
  }
  throw new NotKnown(`number of ${typeof value}`);
};

/** Halves go to the even neighbour when a number becomes an integer. */
export const integerOf = (value: unknown): number => {
  const number = numberOf(value);
  const floor = Math.floor(number);
  if (number - floor === 0.5) return floor % 2 === 0 ? floor : floor + 1;
  return Math.round(number);
};

export const isTrue = (value: unknown): boolean => {
  if (Array.isArray(value)) return value.length > 1 || (value.length === 1 && isTrue(value[0]));
  if (value instanceof Uint8Array) return value.length > 1 || (value.length === 1 && value[0] !== 0);
  return !(value === null || value === undefined || value === '' || value === 0 || value === false);
};

/** `-eq` and its like: the left operand says what is compared. */
export const equal = (left: unknown, right: unknown, caseSensitive: boolean): boolean => {
  if (left === null || left === undefined) return right === null || right === undefined;
  if (typeof left === 'number') return left === numberOf(right);
  if (typeof left === 'boolean') return left === isTrue(right);
  const [a, b] = [textOf(left), textOf(right)];
  return caseSensitive ? a === b : a.toLowerCase() === b.toLowerCase();
};

/** A wildcard pattern of `-like` with stars and question marks alone. */
export const isLike = (text: string, pattern: string, caseSensitive: boolean): boolean => {
  const escaped = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[^]*')
    .replaceAll('?', '[^]');
  return new RegExp(`^${escaped}$`, caseSensitive ? '' : 'i').test(text);
};

/** What a cmdlet puts out as one object: a collection that is not taken apart. */
export class Whole {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
}

/** What a pipeline gives to whoever takes it: nothing, the one value, or all of them; collections of functions are taken apart. */
export const collected = (output: readonly unknown[]): unknown => {
  const [only] = output;
  if (only instanceof Whole && output.length === 1) return only.value;
  const flat = output.flatMap((value) =>
    value instanceof Uint8Array ? [...value] : Array.isArray(value) ? value : [value],
  );
  return flat.length === 0 ? null : flat.length === 1 ? flat[0] : flat;
};
