import { describe, expect, it } from 'vitest';
import { localDocument } from '#local/engine/local-document.ts';
import { statesOf } from '#shared/workflow/asl.ts';
import { runMachine } from '#shared/workflow/run-machine.ts';

describe('the local document', () => {
  const local = new Map(statesOf(localDocument(runMachine)));

  it('has the same states as the deployed one, with the same ways on', () => {
    const ways = (states: Iterable<readonly [string, unknown]>) =>
      [...states].map(([name, state]) => [
        name,
        state && typeof state === 'object' && 'Next' in state ? state.Next : undefined,
      ]);

    expect([...local.keys()]).toEqual(statesOf(runMachine).map(([name]) => name));
    expect(ways(local)).toEqual(ways(statesOf(runMachine)));
  });

  it('hands the time of a token task over as a parameter, and no token of its own', () => {
    const state = local.get('Await Agent');

    expect(state).toMatchObject({ Parameters: { 'timeoutSeconds.$': '$.now.look' } });
    expect(JSON.stringify(state)).not.toContain('Task.Token');
    expect(JSON.stringify(state)).not.toContain('TimeoutSecondsPath');
  });

  it('keeps the interpreter from ending a task after its own minute', () => {
    const times = [...local.values()].flatMap((state) => (state.Type === 'Task' ? [state.TimeoutSeconds ?? 60] : []));

    expect(times.length).toBeGreaterThan(5);
    for (const seconds of times) {
      expect(seconds).toBeGreaterThan(20 * 24 * 3600);
      expect(seconds * 1000).toBeLessThan(2 ** 31);
    }
  });

  it('lets a broken batch end quietly, and only a batch', () => {
    expect(local.get('Batch Broken')).toEqual({ Type: 'Pass', End: true });
    expect(local.get('Group Broken')?.Type).toBe('Fail');
  });
});
