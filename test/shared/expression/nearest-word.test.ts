import { describe, expect, it } from 'vitest';
import { didYouMean, nearestWord } from '#shared/expression/nearest-word.ts';

describe('nearestWord', () => {
  it.each([
    ['fialIgnore', ['failIgnore', 'timeout'], 'failIgnore'],
    ['greyscale', ['oneShot', 'grayScale'], 'grayScale'],
    ['TIMEOUT', ['timeout'], 'timeout'],
    ['dff', ['df', 'du'], 'df'],
    ['x', ['y'], undefined],
    ['completely', ['different'], undefined],
    ['anything', [], undefined],
  ])('of %s', (word, candidates, expected) => {
    expect(nearestWord(word, candidates)).toBe(expected);
  });

  it('asks as a sentence', () => {
    expect(didYouMean('hots', ['host'])).toBe("Did you mean 'host'?");
    expect(didYouMean('zzz', ['host'])).toBeUndefined();
  });
});
