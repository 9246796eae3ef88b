import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { launchOf, needsFile } from '#local/cloud/spawner/script.ts';

test.each([
  ['echo hi', false],
  ['#!/bin/sh\necho hi', false],
  ['#! /bin/sh\necho hi', false],
  ['#!/bin/sh -e\necho hi', true],
  ['#!/usr/bin/env python3\nprint()', true],
  ['# comment\necho "$0"', true],
  ['echo "${0##*/}"', true],
  ['#'.repeat(130_000), true],
])('a script gets a file of its own only when it could tell the difference (%#)', (script, expected) => {
  expect(needsFile(script)).toBe(expected);
});

test('a script with a file is executable, private, and is named to the shell', () => {
  const folder = mkdtempSync(join(tmpdir(), 'drover-script-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const launch = launchOf('#!/bin/cat\nx', { merge: false, folder, name: 's' });
  expect(launch).toEqual({
    program: '/bin/sh',
    args: ['-c', 'exec "$0"', join(folder, 's.sh')],
    file: join(folder, 's.sh'),
  });
  expect(readFileSync(join(folder, 's.sh'), 'utf8')).toBe('#!/bin/cat\nx');
  expect(statSync(join(folder, 's.sh')).mode & 0o777).toBe(0o700);
});
