import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AssistantCapture, HeadCapture } from '#local/cloud/spawner/capture.ts';

const ascii = (text: string): string => text.replaceAll(/[^ -~]/g, '.');
const chunks = fc.array(
  fc.oneof(fc.string({ maxLength: 9_000, size: 'max' }).map(ascii), fc.constant('tick' as const)),
  { maxLength: 30 },
);

describe('HeadCapture', () => {
  test('keeps the first bytes however they arrive', () => {
    fc.assert(
      fc.property(fc.array(fc.string().map(ascii)), fc.nat(200), (parts, limit) => {
        const capture = new HeadCapture(limit);
        for (const part of parts) capture.push(Buffer.from(part));
        expect(capture.text()).toBe(parts.join('').slice(0, limit));
        expect(capture.totalBytes).toBe(parts.join('').length);
      }),
    );
  });
});

describe('AssistantCapture', () => {
  test('keeps what was streamed and the last bytes that fit into 24 KiB', () => {
    fc.assert(
      fc.property(chunks, (parts) => {
        const capture = new AssistantCapture();
        let all = '';
        let streamed = 0;
        for (const part of parts) {
          if (part === 'tick') {
            const next = Math.min(all.length, 8_192, streamed + 2_048);
            expect(capture.tick()).toBe(next > streamed);
            streamed = next;
            expect(capture.partial()).toBe(all.slice(0, streamed));
          } else {
            capture.push(Buffer.from(part));
            all += part;
          }
        }
        const whole = all.length <= 24_576 ? all : all.slice(0, streamed) + all.slice(all.length - (24_576 - streamed));
        expect(capture.text()).toBe(whole);
        expect(capture.totalBytes).toBe(all.length);
      }),
      { numRuns: 60 },
    );
  });
});
