import { describe, expect, it } from 'vitest';
import { bytesText } from '#shared/format/bytes-text.ts';

describe('a number of bytes', () => {
  it('is written with the largest unit that fits', () => {
    expect([0, 1, 1023, 1024, 1536, 118_784, 5 * 1024 ** 3].map(bytesText)).toEqual([
      '0 bytes',
      '1 byte',
      '1023 bytes',
      '1.0 KB',
      '1.5 KB',
      '116 KB',
      '5.0 GB',
    ]);
  });
});
