import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';

/** A text, and what it is called. */
export interface NamedText {
  readonly label: string;
  readonly text: string;
}

/** The lines that differ between two texts, with three lines around each, as `diff -u` writes them; '' when they are equal. */
export const unifiedDiff = (before: NamedText, after: NamedText): string =>
  before.text === after.text
    ? ''
    : createTwoFilesPatch(before.label, after.label, before.text, after.text, undefined, undefined, {
        context: 3,
        headerOptions: FILE_HEADERS_ONLY,
      });
