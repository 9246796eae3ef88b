import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { RunView } from '#shared/contract/run-views.ts';
import type { RunId } from '#shared/model/ids.ts';
import type { ParamValues } from '#shared/model/job.ts';
import type { InventoryNode } from '#shared/model/node.ts';
import { someNodes, startTestSystem, type TestSystem } from '#test/kit/system.ts';

let system: TestSystem;
let server: Server | undefined;
afterEach(async () => {
  await system.close();
  server?.close();
  server = undefined;
});

const open = async (count: number, speed?: number): Promise<InventoryNode[]> => {
  const nodes = [...someNodes('aws', 'web', count), ...someNodes('aws', 'runner', 1)];
  system = await startTestSystem(nodes, {}, undefined, speed);
  return nodes;
};

const start = async (
  spec: Readonly<Record<string, unknown>>,
  params: ParamValues = {},
  actor = 'carl',
): Promise<RunId> => {
  const job = {
    apiVersion: 'drover/v1',
    kind: 'Job',
    metadata: { name: 'gated' },
    spec: { targets: { where: 'node.tags.role == "web"' }, runner: { where: 'node.tags.role == "runner"' }, ...spec },
  };
  return (await system.services.submitRun({ request: { job, params, only: {} }, actor })).runId;
};

/** The run once it is as wanted; looked at after each of its changes, without a clock. */
const until = async (runId: RunId, isWanted: (view: RunView) => boolean): Promise<RunView> => {
  for (;;) {
    const view = await system.services.viewRun(runId);
    if (isWanted(view)) return view;
    await new Promise((resolve) => setImmediate(resolve));
  }
};
const waiting = (runId: RunId, open = 1) =>
  until(runId, (view) => view.status === 'waitingApproval' && view.gates.length >= open);
const ended = async (runId: RunId): Promise<RunView> => {
  await system.engine.idle();
  return system.services.viewRun(runId);
};
const counts = (view: RunView) => view.groups.flatMap((group) => group.phases.map((phase) => phase.counts));
const work = { name: 'p', operations: [{ id: 'work', run: 'echo x >> ran' }] };
const approve = (runId: RunId, actor: string, more: object = {}) =>
  system.services.decideGate(runId, { decision: 'approve', ...more }, actor);

describe('approval of a run', () => {
  const spec = (approval: object = {}) => ({ approval, groups: [{ name: 'g', phases: [work] }] });

  it('holds everything until enough people approve the plan that they saw', async () => {
    await open(2);
    const runId = await start(spec({ count: 2, of: ['sre'], fourEyes: true }), {}, 'ann');
    const { planDigest = '', ...held } = await waiting(runId);
    const digest = planDigest;

    expect(held.gates).toMatchObject([{ gateId: 'start', status: 'open', digest, count: 2 }]);
    await expect(approve(runId, 'carl', { digest })).rejects.toMatchObject({ code: 'auth.forbidden' });
    await expect(approve(runId, 'ann', { digest })).rejects.toMatchObject({ code: 'auth.forbidden' });
    await expect(approve(runId, 'bob', { digest: 'another' })).rejects.toMatchObject({ code: 'run.conflict' });
    expect(counts(held as RunView)).toEqual([{}]);

    await approve(runId, 'bob', { digest, comment: 'fine' });
    await approve(runId, 'bob', { digest });
    expect((await system.services.viewRun(runId)).status).toBe('waitingApproval');
    await system.services.abortRun(runId, {}, 'carl');
    expect((await ended(runId)).status).toBe('aborted');
  });

  it('goes on with the last approval, and says who gave it', async () => {
    await open(2);
    const runId = await start(spec());
    const { planDigest: digest } = await waiting(runId);
    await approve(runId, 'ann', { digest, comment: 'CHG-1' });

    const view = await ended(runId);
    expect(view.status).toBe('succeeded');
    expect(view.gates[0]?.votes).toMatchObject([{ actor: 'ann', decision: 'approve', comment: 'CHG-1', digest }]);
    await expect(approve(runId, 'bob', { digest })).rejects.toMatchObject({ code: 'run.conflict' });
  });

  it('is over with the first rejection: the run is rejected, nothing ran, and it can be asked for again', async () => {
    await open(1);
    const runId = await start(spec());
    await waiting(runId);
    await system.services.decideGate(runId, { decision: 'reject', comment: 'not now' }, 'ann');
    const view = await ended(runId);
    expect([view.status, view.reason, counts(view)]).toEqual(['rejected', 'Rejected by ann: not now', [{}]]);

    await system.services.continueRun(runId, { mode: 'continue', only: {} }, 'carl');
    const { planDigest: digest } = await waiting(runId, 2);
    await approve(runId, 'bob', { digest });
    expect((await ended(runId)).status).toBe('succeeded');
  });

  it('is asked for again when the targets are others than those that were approved', async () => {
    const nodes = await open(3);
    const runId = await start(spec());
    const { planDigest: digest } = await waiting(runId);
    nodes.splice(0, 1);
    await approve(runId, 'ann', { digest });
    const again = await waiting(runId, 2);

    expect(again.gates[1]).toMatchObject({
      status: 'open',
      message: expect.stringContaining('none more, 1 fewer (i-web-0001)'),
    });
    await expect(approve(runId, 'ann', { digest })).rejects.toMatchObject({ code: 'run.conflict' });
    await approve(runId, 'ann', { digest: again.gates[1]?.digest });
    expect(counts(await ended(runId))).toEqual([{ succeeded: 2 }]);
  });

  it('lets as much drift pass as it allows', async () => {
    const nodes = await open(4);
    const runId = await start(spec({ drift: '25%' }));
    const { planDigest: digest } = await waiting(runId);
    nodes.splice(0, 1);
    await approve(runId, 'ann', { digest });
    expect(counts(await ended(runId))).toEqual([{ succeeded: 3 }]);
  });

  it('expires', async () => {
    await open(1);
    const runId = await start(spec({ expires: '1s' }));
    const view = await ended(runId);
    expect([view.status, view.gates[0]?.status]).toEqual(['rejected', 'expired']);
  });
});

describe('a gate between rounds', () => {
  const rolling = (approval: object) => ({
    groups: [{ name: 'g', strategy: 'grayScale', roundCount: 3, approval, phases: [work] }],
  });

  it('stands after the first round, or after every one', async () => {
    await open(3);
    const first = await start(rolling({}));
    expect(counts(await waiting(first))).toEqual([{ succeeded: 1 }]);
    await approve(first, 'ann');
    expect((await ended(first)).gates).toHaveLength(1);

    const every = await start(rolling({ after: 'every' }));
    await waiting(every);
    await approve(every, 'ann');
    const second = await waiting(every, 2);
    expect(counts(second)).toEqual([{ succeeded: 2 }]);
    await system.services.decideGate(every, { decision: 'reject' }, 'bob');
    const view = await ended(every);
    expect([view.status, counts(view), view.groups[0]?.stopReason]).toEqual([
      'rejected',
      [{ succeeded: 2 }],
      "Rejected by bob: Group 'g': go on with round 3 of 3?",
    ]);
  });
});

describe('a phase that judges rounds', () => {
  const judged = (judge: string, more: object = {}) => ({
    params: { bad: { type: 'string', default: '' } },
    groups: [
      {
        name: 'g',
        strategy: 'grayScale',
        rounds: [1, 2, '100%'],
        ...more,
        phases: [
          work,
          {
            name: 'probe',
            on: 'runner',
            judge,
            operations: [{ id: 'look', run: 'echo x >> looks; [ "$(wc -l < looks)" != 2 ]' }],
          },
        ],
      },
    ],
  });

  it('holds after the round that is not well; approve goes on, and the run is no failure', async () => {
    await open(3, 1);
    const runId = await start(judged('hold', { soak: '1s' }));
    const held = await waiting(runId);
    expect(counts(held)[0]).toEqual({ succeeded: 2 });
    expect(held.gates).toMatchObject([
      { kind: 'judge', message: "Phase 'probe' says that round 2 of 3 is not well: go on?" },
    ]);
    await approve(runId, 'ann', { comment: 'known' });

    const view = await ended(runId);
    expect(counts(view)[0]).toEqual({ succeeded: 3 });
    expect(view.status).toBe('completed');
    expect(view.gates[0]?.votes).toMatchObject([{ actor: 'ann', comment: 'known' }]);
  });

  it('holds, and reject stops', async () => {
    await open(3);
    const runId = await start(judged('hold'));
    await waiting(runId);
    await system.services.decideGate(runId, { decision: 'reject' }, 'ann');
    const view = await ended(runId);
    expect([view.status, counts(view)[0]]).toEqual(['rejected', { succeeded: 2 }]);
  });

  it('stops by itself when it is told to', async () => {
    await open(3);
    const view = await ended(await start(judged('stop')));
    expect([view.status, counts(view)[0], view.groups[0]?.stopReason]).toEqual([
      'failed',
      { succeeded: 2 },
      "Phase 'probe' says that round 2 of 3 is not well.",
    ]);
  });
});

describe('operations that ask', () => {
  const asking = (operation: object) => ({
    groups: [
      {
        name: 'g',
        phases: [
          {
            name: 'p',
            on: 'runner',
            operations: [
              { id: 'ask', ...operation },
              { id: 'use', run: 'echo "$A"', env: { A: '${{ outputs.ask.answer }}' } },
            ],
          },
        ],
      },
    ],
  });
  const question = { waitInput: { message: 'Which one, ${{ run.job }}?', options: ['Yes', 'No'], of: ['sre'] } };
  const asked = (runId: RunId) => until(runId, (view) => (view.groups[0]?.phases[0]?.counts.waitingInput ?? 0) > 0);
  const outputOf = async (runId: RunId) =>
    (await system.services.listResults(runId, { limit: 10 })).items.map(({ operation, status, stdout, reason }) => [
      operation,
      status,
      reason ?? stdout.trim(),
    ]);

  it('wait for an answer of somebody who may give it, and hand it on', async () => {
    await open(1);
    const runId = await start(asking(question));
    const view = await asked(runId);
    expect(view.gates).toMatchObject([{ kind: 'input', message: 'Which one, gated?' }]);
    const answer = (value: string, actor: string) =>
      system.services.decideGate(runId, { decision: 'answer', answer: [value] }, actor);
    await expect(answer('Yes', 'carl')).rejects.toMatchObject({ code: 'auth.forbidden' });
    await expect(answer('Maybe', 'ann')).rejects.toMatchObject({ code: 'request.invalid' });
    await expect(approve(runId, 'ann')).rejects.toMatchObject({ code: 'request.invalid' });
    await answer('Yes', 'ann');

    expect((await ended(runId)).status).toBe('succeeded');
    expect(await outputOf(runId)).toEqual([
      ['ask', 'succeeded', 'answered by ann: Yes'],
      ['use', 'succeeded', 'Yes'],
    ]);
  });

  it('fail when nobody answers in time, or when it is rejected', async () => {
    await open(1);
    const late = await start(asking({ ...question, timeout: '1s' }));
    expect((await ended(late)).status).toBe('failed');
    expect(await outputOf(late)).toEqual([['ask', 'timedOut', 'Nobody decided in time.']]);

    const no = await start({
      groups: [
        { name: 'g', phases: [{ name: 'p', on: 'runner', operations: [{ id: 'ok', approve: { message: 'go?' } }] }] },
      ],
    });
    await asked(no);
    await system.services.decideGate(no, { decision: 'reject', comment: 'no' }, 'bob');
    await ended(no);
    expect(await outputOf(no)).toEqual([['ok', 'failed', 'Rejected by bob: no']]);
  });

  it('are stopped by an abort', async () => {
    await open(1);
    const runId = await start(asking(question));
    await asked(runId);
    await system.services.abortRun(runId, {}, 'ann');
    const view = await ended(runId);
    expect([view.status, view.gates[0]?.status]).toEqual(['aborted', 'expired']);
  });
});

describe('httpCheck', () => {
  const checking = (check: object, more: object = {}) => ({
    groups: [
      { name: 'g', phases: [{ name: 'p', on: 'runner', operations: [{ id: 'up', httpCheck: check, ...more }] }] },
    ],
  });

  it('looks at status and body, and tries again', async () => {
    await open(1);
    let calls = 0;
    const site = createServer((request, response) => {
      calls += 1;
      response.statusCode = calls < 3 ? 503 : 200;
      response.end(`ok ${request.headers['x-a']}`);
    });
    server = site;
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(site.address() as AddressInfo).port}/health`;
    const check = { url, headers: { 'X-A': '${{ run.job }}' }, body: '^ok gated$' };

    const runId = await start(checking(check, { retries: { max: 3, backoff: '10ms', factor: 1 } }));
    expect((await ended(runId)).status).toBe('succeeded');
    expect(calls).toBe(3);

    const strict = await start(checking({ url, status: [204] }));
    await ended(strict);
    const { items } = await system.services.listResults(strict, { limit: 10 });
    expect(items[0]?.reason).toBe('It answered 200; expected is 204.');
  });

  it('fails when nobody is there', async () => {
    await open(1);
    const runId = await start(checking({ url: 'http://127.0.0.1:9/' }));
    expect((await ended(runId)).status).toBe('failed');
  });
});
