import { describe, expect, test } from 'vitest';
import { isCut, joinedText } from '#functions/adapters/ssm/ssm-text.ts';

const separator = '\n----------ERROR-------\n';

describe('texts of SSM', () => {
  test.each([
    'abc\n---Output truncated---',
    `abc${separator}de\n---Error truncated----`,
    `abc\n---Output truncated---${separator}all of the other`,
    'abc--output truncated--',
    `abc--output truncated--${separator}de`,
  ])('%j is cut', (text) => {
    expect(isCut(text)).toBe(true);
  });

  test.each([
    '',
    'abc',
    `abc${separator}de`,
    'it says ---Output truncated--- in the middle',
    '---Output truncated---x',
  ])('%j is whole', (text) => {
    expect(isCut(text)).toBe(false);
  });

  test('both streams make one text, as in listings', () => {
    const streams = { StandardOutputContent: 'out\n', StandardErrorContent: 'err\n' };
    expect(joinedText({ ...streams })).toBe(`out\n${separator}err\n`);
    expect(joinedText({ ...streams, StandardErrorContent: '' })).toBe('out\n');
  });
});
