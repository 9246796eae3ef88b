import { describe, expect, test } from 'vitest';
import { resolveRunId } from '#cli/runs/resolve-run-id.ts';
import { makeRunView, otherRunId, runId } from '#test/functions/api/hand-made-services.ts';

const clientOf = (...ids: (typeof runId)[]) => ({
  listRuns: async ({ cursor }: { cursor?: string | undefined } = {}) => {
    const at = Number(cursor ?? 0);
    const items = ids.slice(at, at + 1).map((id) => makeRunView({ runId: id }));
    return at + 1 < ids.length ? { items, cursor: String(at + 1) } : { items };
  },
});

describe('the run that is meant', () => {
  test('last is the newest', async () => {
    expect(await resolveRunId(clientOf(otherRunId, runId), 'last')).toBe(otherRunId);
    await expect(resolveRunId(clientOf(), 'last')).rejects.toMatchObject({ code: 'run.not-found' });
  });

  test('a whole id is taken without asking', async () => {
    const silent = { listRuns: () => Promise.reject(new Error('asked')) };
    expect(await resolveRunId(silent, runId)).toBe(runId);
    expect(await resolveRunId(silent, runId.toLowerCase())).toBe(runId);
  });

  test('the beginning of one id is enough, on any page', async () => {
    const client = clientOf(otherRunId, runId);
    expect(await resolveRunId(client, '01j0000000000000000000rvn1')).toBe(runId);
    expect(await resolveRunId(clientOf(runId), '01J')).toBe(runId);
  });

  test('the beginning of several ids, or of none, is refused', async () => {
    const client = clientOf(otherRunId, runId);
    await expect(resolveRunId(client, '01J')).rejects.toMatchObject({
      code: 'usage.invalid',
      hint: expect.stringContaining(runId),
    });
    await expect(resolveRunId(client, 'zzz')).rejects.toMatchObject({ code: 'run.not-found' });
  });
});
