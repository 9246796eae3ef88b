import { describe, expect, it } from 'vitest';
import { compactSh } from '#shared/script/compact-sh.ts';
import { needsEnvCommand } from '#shared/script/env-names.ts';

describe('compactSh', () => {
  it('drops comments, indentation and blank lines, and keeps the first line', () => {
    expect(compactSh('#!/bin/sh\n\n  # why\n  true # kept\n')).toBe('#!/bin/sh\ntrue # kept');
  });

  it('shortens each name everywhere alike, and nothing else', () => {
    expect(compactSh('_go(){ echo "${_text}o$_text"; }\n_go A_b DROVER_x')).toBe(
      '_0(){ echo "${_1}o$_1"; }\n_0 A_b DROVER_x',
    );
  });

  it('makes only names that user variables do not share with the wrapper', () => {
    const names = Array.from(
      { length: 200 },
      (_, index) => `_${'abcdefghij'[Math.floor(index / 20)]}${'klmnopqrstuvwxyzabcd'[index % 20]}x`,
    );
    const short = compactSh(names.join(' ')).split(' ');
    expect(new Set(short).size).toBe(200);
    expect(short.every(needsEnvCommand)).toBe(true);
  });
});
