import { describe, expect, it } from 'vitest';
import { answerProblem, gateRequest } from '#console/runs/gates/gate-request.ts';
import { gateRequestSchema } from '#shared/contract/requests.ts';

const words = { comment: ' looks good ', answer: ['blue'] };

describe('a decision at a gate', () => {
  it('names the gate, and the plan that was shown', () => {
    const request = gateRequest({ gateId: 'start', digest: 'sha256:1' }, 'approve', words);
    expect(request).toEqual({ gate: 'start', decision: 'approve', comment: 'looks good', digest: 'sha256:1' });
    expect(gateRequestSchema.parse(request)).toEqual(request);
  });

  it('has an answer only where it is one, and no comment that is empty', () => {
    expect(gateRequest({ gateId: 'g' }, 'answer', { ...words, comment: ' ' })).toEqual({
      gate: 'g',
      decision: 'answer',
      answer: ['blue'],
    });
    expect(gateRequest({ gateId: 'g' }, 'reject', words)).not.toHaveProperty('answer');
  });

  it('waits for an answer that fits', () => {
    const text = { input: { type: 'text' as const, pattern: '^\\d+$' } };
    expect(answerProblem(text, [])).toBe('Write an answer.');
    expect(answerProblem(text, ['no'])).toContain('^\\d+$');
    expect(answerProblem(text, ['12'])).toBeUndefined();
    expect(answerProblem({ input: { type: 'select', options: ['a'] } }, [])).toBe('Choose an answer.');
    expect(answerProblem({ input: { type: 'multiSelect', options: ['a'] } }, [])).toBeUndefined();
  });

  it('leaves a pattern that browsers do not read to the server', () => {
    expect(answerProblem({ input: { type: 'text', pattern: '(?i)yes' } }, ['anything'])).toBeUndefined();
  });
});
