import { describe, expect, it } from 'vitest';
import { idTerms, toggleTerm } from '#console/runs/actions/retry-terms.ts';

describe('terms that choose nodes', () => {
  it('come and go one by one', () => {
    expect(toggleTerm('', 'failed')).toBe('failed');
    expect(toggleTerm('failed', 'lost')).toBe('failed,lost');
    expect(toggleTerm('failed, lost', 'lost')).toBe('failed');
    expect(toggleTerm('failed', 'failed')).toBe('');
  });

  it('leave a pattern with commas as it is', () => {
    expect(toggleTerm('output~/a,b/', 'failed')).toBe('output~/a,b/,failed');
    expect(toggleTerm('output~/a,b/,failed', 'failed')).toBe('output~/a,b/');
  });

  it('name each node once', () => {
    expect(idTerms(['i-1', 'i-2', 'i-1'])).toBe('i-1,i-2');
  });
});
