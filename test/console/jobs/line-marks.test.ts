import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countLines, lineMarks, offsetAt, placeText } from '#console/jobs/editor/line-marks.ts';

describe('marks beside the lines of a job', () => {
  it('are one for each line, from the top, with all that is wrong there', () => {
    const marks = lineMarks([
      { line: 8, column: 7, message: 'no such key', suggestion: "Did you mean 'strategy'?" },
      { line: 2, column: 1, message: 'is missing' },
      { line: 8, column: 20, message: 'is no duration' },
      { message: 'has no place' },
    ]);
    expect(marks).toEqual([
      { line: 2, messages: ['is missing'] },
      { line: 8, messages: ["no such key (Did you mean 'strategy'?)", 'is no duration'] },
    ]);
    expect(placeText({ message: 'is missing' })).toBe('is missing');
  });

  it('lead to the character that is meant, or as near as there is one', () => {
    const text = 'a: 1\nbb: 2\n\nc';
    expect(text.slice(offsetAt(text, 2, 5))).toBe('2\n\nc');
    expect(offsetAt(text, 1, 1)).toBe(0);
    expect(offsetAt(text, 2, 99)).toBe(text.indexOf('\n', 5));
    expect(offsetAt(text, 99, 1)).toBe(text.length);
    expect(offsetAt('', 1, 1)).toBe(0);
  });

  it('any line and column that a text has is found again', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string({ unit: 'grapheme' }).map((line) => line.replaceAll('\n', ' ')),
          { minLength: 1 },
        ),
        (lines) => {
          const text = lines.join('\n');
          expect(countLines(text)).toBe(lines.length);
          for (const [index, line] of lines.entries()) {
            const start = offsetAt(text, index + 1, 1);
            expect(text.slice(start, start + line.length)).toBe(line);
            expect(offsetAt(text, index + 1, line.length + 5)).toBe(start + line.length);
          }
        },
      ),
    );
  });
});
