import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileParams, filesIn } from '#shared/files/file-params.ts';
import { formatFileValue, isFileName, readFileValue } from '#shared/files/file-value.ts';
import { readParamValue } from '#shared/job/param-value.ts';
import { parseJob } from '#shared/job/parse-job.ts';

const sha256 = 'a'.repeat(64);

describe('file values', () => {
  it('are read back as they were written, for every name that can be', () => {
    const name = fc.string({ unit: 'grapheme', maxLength: 60 });
    fc.assert(
      fc.property(name, (one) => {
        const read = readFileValue(formatFileValue({ sha256, name: one }));
        expect(read).toEqual(isFileName(one) ? { sha256, name: one } : undefined);
      }),
    );
  });

  it.each(["it's é 中文.pem", '.env', 'a b', '{{x}}', 'x'.repeat(200)])('can be called %j', (name) => {
    expect(isFileName(name)).toBe(true);
  });

  it.each(['', '.', '..', 'a/b', 'a\\b', 'a:b', 'a"b', 'a\nb', '-x', ' a', 'a ', 'a.', 'x'.repeat(201), '\ud800'])(
    'cannot be called %j',
    (name) => {
      expect(isFileName(name)).toBe(false);
    },
  );

  it('are the values of params of their type, and paths are not', () => {
    const param = { type: 'file', required: false } as const;
    expect(readParamValue(param, `sha256:${sha256}/x`)).toEqual({ value: `sha256:${sha256}/x` });
    for (const value of ['./x', '@./x', `sha256:${sha256}`, `sha256:abc/x`, `sha256:${sha256}/../x`])
      expect(readParamValue(param, value)).toEqual({ message: expect.stringMatching(/^expected a file/) });
  });

  it('are found in texts, each once', () => {
    const job = parseJob({
      apiVersion: 'drover/v1',
      kind: 'Job',
      metadata: { name: 'j' },
      spec: {
        targets: { where: 'true' },
        params: { a: { type: 'file' }, b: { type: 'file' }, c: { type: 'file' }, t: {} },
        groups: [{ name: 'g', phases: [{ name: 'p', operations: [{ id: 'o', run: 'true' }] }] }],
      },
    });
    const value = (name: string) => formatFileValue({ sha256, name });
    const files = fileParams(job, { a: value('x'), b: value('x'), c: value('y'), t: value('z') });
    expect(files.map(({ param }) => param)).toEqual(['a', 'b', 'c']);
    expect(filesIn(files, [`at ${value('x')}`, value('z')]).map(({ param }) => param)).toEqual(['a']);
  });
});
