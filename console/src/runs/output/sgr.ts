/** A colour of text: one of the sixteen of terminals by its number, or any other as red, green, blue. */
export type TextColor = number | readonly [red: number, green: number, blue: number];

/** How text looks. */
export interface TextLook {
  readonly front?: TextColor | undefined;
  readonly back?: TextColor | undefined;
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly italic?: boolean;
  readonly underline?: boolean;
  readonly strike?: boolean;
  readonly inverse?: boolean;
}

/** Nothing special. */
export const plainLook: TextLook = {};

/** What single codes do. What hides text (8) and makes it blink (5, 6) is not among them. */
const simple: Readonly<Record<number, TextLook>> = {
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  9: { strike: true },
  21: { underline: true },
  22: { bold: false, dim: false },
  23: { italic: false },
  24: { underline: false },
  27: { inverse: false },
  29: { strike: false },
  39: { front: undefined },
  49: { back: undefined },
};

/** First codes of the sixteen colours: of text and behind it, normal and bright. */
const colorBases = [
  { first: 30, side: 'front', add: 0 },
  { first: 40, side: 'back', add: 0 },
  { first: 90, side: 'front', add: 8 },
  { first: 100, side: 'back', add: 8 },
] as const;

const steps = [0, 95, 135, 175, 215, 255] as const;

/** A colour of the table of 256: the sixteen, a cube of 6 × 6 × 6, 24 greys. */
const tableColor = (index: number): TextColor | undefined => {
  if (!Number.isInteger(index) || index < 0 || index > 255) return undefined;
  if (index < 16) return index;
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return [grey, grey, grey];
  }
  const at = index - 16;
  return [steps[Math.floor(at / 36)] ?? 0, steps[Math.floor(at / 6) % 6] ?? 0, steps[at % 6] ?? 0];
};

const isByte = (value: number | undefined): value is number => value !== undefined && value >= 0 && value <= 255;

/** The colour that begins after 38 or 48, and how many numbers it took. */
const extendedColor = (rest: readonly number[]): { readonly color: TextColor | undefined; readonly used: number } => {
  if (rest[0] === 5) return { color: tableColor(rest[1] ?? -1), used: 2 };
  if (rest[0] !== 2) return { color: undefined, used: rest.length };
  const [, red, green, blue] = rest;
  return { color: isByte(red) && isByte(green) && isByte(blue) ? [red, green, blue] : undefined, used: 4 };
};

/** `38:2::1:2:3` and `38:5:9` as with semicolons; of other codes what stands before the colon (`4:3` is underlined). */
const numbersOf = (part: string): readonly number[] => {
  const [first = '', ...rest] = part.split(':');
  const code = Number(first);
  if (code !== 38 && code !== 48) return [code];
  const [kind, ...values] = rest.map(Number);
  if (kind === undefined) return [code];
  // A fourth value means that the first is a colour space.
  return [code, kind, ...(kind === 2 && values.length > 3 ? values.slice(1, 4) : values)];
};

/** A look after the numbers of one SGR sequence, such as `1;31`. Unknown numbers change nothing. */
export const applyCodes = (before: TextLook, codes: string): TextLook => {
  const numbers = codes.split(';').flatMap(numbersOf);
  let look = before;
  for (let at = 0; at < numbers.length; at += 1) {
    const code = numbers[at] ?? 0;
    if (code === 0) look = plainLook;
    else if (code === 38 || code === 48) {
      const { color, used } = extendedColor(numbers.slice(at + 1, at + 5));
      if (color !== undefined) look = { ...look, [code === 38 ? 'front' : 'back']: color };
      at += used;
    } else look = applyCode(look, code);
  }
  return look;
};

const applyCode = (look: TextLook, code: number): TextLook => {
  const base = colorBases.find(({ first }) => code >= first && code < first + 8);
  if (base !== undefined) return { ...look, [base.side]: code - base.first + base.add };
  const change = Object.hasOwn(simple, code) ? simple[code] : undefined;
  return change === undefined ? look : { ...look, ...change };
};
