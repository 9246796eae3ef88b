import { absentLetter } from '#shared/model/status-letters.ts';

/** A colour as red, green and blue, each 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** Reads `rgb(1, 2, 3)`, as browsers write computed colours; undefined for another text. */
export const readRgb = (text: string): Rgb | undefined => {
  const [, red, green, blue] = /^rgba?\(\s*([\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)/.exec(text) ?? [];
  return red === undefined || green === undefined || blue === undefined
    ? undefined
    : [Math.round(Number(red)), Math.round(Number(green)), Math.round(Number(blue))];
};

/** How cells are painted: colours by letter, and which letters are shown in full. */
export interface Palette {
  readonly colors: ReadonlyMap<string, Rgb>;
  /** Undefined: all of them. */
  readonly shown: ReadonlySet<string> | undefined;
}

/** How much of the colour is left of what a filter leaves out. */
const faint = 38;
/** Of a node that is in none of the phases shown. */
const absent = 20;

/** One pixel (red, green, blue, opacity) for each letter, then nothing up to `size` pixels. */
export const paintCells = (
  letters: string,
  size: number,
  { colors, shown }: Palette,
): Uint8ClampedArray<ArrayBuffer> => {
  const pixels = new Uint8ClampedArray(size * 4);
  const none = colors.get(absentLetter) ?? [128, 128, 128];
  for (let at = 0; at < letters.length && at < size; at += 1) {
    const letter = letters[at] ?? absentLetter;
    const color = colors.get(letter);
    const isShown = shown === undefined || shown.has(letter);
    pixels.set(color ?? none, at * 4);
    pixels[at * 4 + 3] = color === undefined || letter === absentLetter ? absent : isShown ? 255 : faint;
  }
  return pixels;
};
