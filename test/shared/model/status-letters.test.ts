import { describe, expect, it } from 'vitest';
import { nodeStatuses } from '#shared/model/status.ts';
import { absentLetter, lettersOf, statusOfLetter } from '#shared/model/status-letters.ts';

describe('letters of statuses', () => {
  it('say the same back, one for each status', () => {
    const letters = lettersOf(nodeStatuses);

    expect(letters).toHaveLength(nodeStatuses.length);
    expect([...letters].map(statusOfLetter)).toEqual([...nodeStatuses]);
  });

  it('are what they always were, because they are stored', () => {
    expect(lettersOf(nodeStatuses)).toBe('prwsfiktula');
  });

  it('know no status for a node that is not there, nor for what a later version may write', () => {
    expect([absentLetter, 'z', ''].map(statusOfLetter)).toEqual([undefined, undefined, undefined]);
  });
});
