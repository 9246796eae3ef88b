import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { jobDigest, jsonDigest } from '#shared/job/job-digest.ts';
import { parseJobFile } from '#shared/job/job-file.ts';

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

describe('jsonDigest', () => {
  it('is the SHA-256 of the canonical text', () => {
    expect(jsonDigest({ b: 'ü€😀', a: 1 })).toBe(sha256('{"a":1,"b":"ü€😀"}'));
  });
});

describe('jobDigest', () => {
  const text =
    'apiVersion: drover/v1\nkind: Job\nmetadata: {name: a}\nspec: {groups: [{name: g, phases: [{name: p, operations: [{id: o, run: x}]}]}]}\n';

  it('is the same for another order of keys, comments and defaults written out', () => {
    const other =
      '# x\nspec: {groups: [{phases: [{operations: [{run: x, id: o, timeout: 1h}], name: p}], name: g, strategy: oneShot}]}\nmetadata: {name: a}\nkind: Job\napiVersion: drover/v1\n';
    expect(jobDigest(parseJobFile(other, 'b'))).toBe(jobDigest(parseJobFile(text, 'a')));
  });

  it('differs when the job says something else', () => {
    expect(jobDigest(parseJobFile(text.replace('run: x', 'run: y'), 'a'))).not.toBe(jobDigest(parseJobFile(text, 'a')));
  });
});
