import { describe, expect, it } from 'vitest';
import { isReference, readCommandReference } from '#shared/library/command-reference.ts';
import { readJobReference, requireJobReference } from '#shared/library/job-reference.ts';
import { libraryFile } from '#shared/library/library-file.ts';
import { errorOf } from '#test/shared/job/jobs.ts';

describe('a reference to a command', () => {
  it.each([
    ['ops/restart', { name: 'ops/restart', version: 'latest' }],
    ['ops/restart@latest', { name: 'ops/restart', version: 'latest' }],
    ['a@0123ab', { name: 'a', version: '0123ab' }],
    [`a@${'f'.repeat(64)}`, { name: 'a', version: 'f'.repeat(64) }],
  ])('%s', (text, expected) => {
    expect(readCommandReference(text)).toEqual(expected);
  });

  it.each([
    ['', 'is not the name of a command'],
    ['@latest', 'is not the name of a command'],
    ['../a', 'is not the name of a command'],
    ['a//b', 'is not the name of a command'],
    ['a/', 'is not the name of a command'],
    ['a@', "'' is not a version"],
    ['a@12345', "'12345' is not a version"],
    ['a@ABCDEF', "'ABCDEF' is not a version"],
    ['a@newest', "'newest' is not a version"],
    [`a@${'f'.repeat(65)}`, 'is not a version'],
  ])('is not %j', (text, message) => {
    const reading = readCommandReference(text);
    expect(isReference(reading)).toBe(false);
    expect(reading).toMatchObject({ message: expect.stringContaining(message), suggestion: expect.any(String) });
  });
});

describe('a reference to a stored job', () => {
  it.each([
    ['roll-shop', { name: 'roll-shop' }],
    ['roll / shop (2)', { name: 'roll / shop (2)' }],
    ['日本@3', { name: '日本', revision: 3 }],
    ['a@latest', { name: 'a' }],
  ])('%s', (text, expected) => {
    expect(readJobReference(text)).toEqual(expected);
  });

  it.each([[''], ['a@'], ['a@0'], ['a@x'], ['a@1@2'], ['./job.yaml'], ['a\nb'], ['-']])('is not %j', (text) => {
    expect(readJobReference(text)).toBeUndefined();
    expect(errorOf(() => requireJobReference(text)).code).toBe('request.invalid');
  });
});

describe('the file of a library', () => {
  it.each([
    ['lib/net', { interpreter: 'sh' as const }, 'net.sh'],
    ['net', { interpreter: 'bash' as const }, 'net.sh'],
    ['a/b/net', { interpreter: 'python3' as const }, 'net.py'],
    ['Net', { interpreter: 'perl' as const }, 'Net.pm'],
    ['net', { interpreter: 'node' as const }, 'net.js'],
    ['lib/net', { interpreter: 'node' as const, file: 'x.mjs' }, 'x.mjs'],
  ])('%s', (name, spec, expected) => {
    expect(libraryFile(name, spec)).toBe(expected);
  });
});
