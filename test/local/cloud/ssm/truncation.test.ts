import fc from 'fast-check';
import { expect, test } from 'vitest';
import { invocationContent, pluginOutput } from '#local/cloud/ssm/truncation.ts';

const output = (stdout: string, stderr: string) => ({
  stdout,
  stderr,
  stdoutBytes: Buffer.byteLength(stdout),
  stderrBytes: Buffer.byteLength(stderr),
});

test('plugin output keeps what fits and marks what was cut', () => {
  expect(pluginOutput(output('out', ''))).toBe('out');
  expect(pluginOutput(output('', 'err'))).toBe('\n----------ERROR-------\nerr');
  expect(pluginOutput(output('out', 'err'))).toBe('out\n----------ERROR-------\nerr');
  expect(pluginOutput(output('x'.repeat(3_000), ''))).toBe(`${'x'.repeat(2_477)}\n---Output truncated---`);
  expect(pluginOutput(output('x'.repeat(3_000), 'err'))).toMatch(
    /^x{2450}\n---Output truncated---\n-{10}ERROR-{7}\nerr$/,
  );
  expect(pluginOutput(output('out', 'y'.repeat(3_000)))).toMatch(
    /^out\n-{10}ERROR-{7}\ny{2450}\n---Error truncated----$/,
  );
  expect(pluginOutput(output('x'.repeat(3_000), 'y'.repeat(3_000)))).toMatch(
    /^x{1215}\n---Output truncated---\n-{10}ERROR-{7}\ny{1215}\n---Error truncated----$/,
  );
});

test('no output is longer than its limit in bytes, none is cut inside a character, and each begins as it was printed', () => {
  const text = fc
    .string({ unit: 'binary', maxLength: 12_000, size: 'max' })
    .map((part) => Buffer.from(part).toString('utf8'));
  fc.assert(
    fc.property(text, text, (stdout, stderr) => {
      const content = invocationContent(output(stdout, stderr));
      const plugin = pluginOutput(output(stdout, stderr));
      expect(Buffer.byteLength(content.stdout)).toBeLessThanOrEqual(24_000);
      expect(Buffer.byteLength(content.stderr)).toBeLessThanOrEqual(8_000);
      expect(Buffer.byteLength(plugin)).toBeLessThanOrEqual(2_500);
      expect(stdout.startsWith(content.stdout.replace(/--output truncated--$/, ''))).toBe(true);
      expect(stderr.startsWith(content.stderr.replace(/--output truncated--$/, ''))).toBe(true);
    }),
    { numRuns: 60 },
  );
});
