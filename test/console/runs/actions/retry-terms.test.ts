import { describe, expect, it } from 'vitest';
import { choiceOf, retryRequest, toggleTerm } from '#console/runs/actions/retry-terms.ts';
import { retryRequestSchema } from '#shared/contract/requests.ts';
import { nodeIdSchema } from '#shared/model/ids.ts';

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

  it('of ticked nodes are each node once, in the phases in which it was ticked', () => {
    const place = (phase: string, node: string) => ({ group: 'g', phase, nodeId: nodeIdSchema.parse(node) });
    const choice = choiceOf([place('stop', 'i-1'), place('stop', 'i-2'), place('start', 'i-1')]);
    expect(choice).toEqual({ nodes: 'i-1,i-2', force: false, phases: ['stop', 'start'] });
    expect(retryRequestSchema.parse(retryRequest(choice))).toMatchObject({ only: { phases: ['stop', 'start'] } });
  });

  it('are sent without phases where all are meant', () => {
    expect(retryRequest({ nodes: ' failed ', force: true, phases: [] })).toEqual({ nodes: 'failed', force: true });
  });
});
