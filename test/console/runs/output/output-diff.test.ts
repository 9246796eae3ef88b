import { describe, expect, it } from 'vitest';
import { diffLines } from '#console/runs/output/output-diff.ts';

describe('a comparison of outputs', () => {
  it('is empty for equal ones', async () => {
    expect(await diffLines('a\n', 'a\n')).toEqual([]);
  });

  it('says which lines are other ones, and where', async () => {
    expect(await diffLines('a\nb\nc\n', 'a\nB\nc\n')).toEqual([
      { kind: 'hunk', text: 'from line 1 and 1' },
      { kind: 'same', text: 'a' },
      { kind: 'removed', text: 'b' },
      { kind: 'added', text: 'B' },
      { kind: 'same', text: 'c' },
    ]);
  });

  it('says when a last line has no end', async () => {
    const lines = await diffLines('a', 'a\n');
    expect(lines?.map(({ kind }) => kind)).toContain('added');
    expect(lines?.some(({ text }) => text.includes('No newline'))).toBe(true);
  });
});
