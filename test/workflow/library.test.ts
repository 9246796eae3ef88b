import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { ResultView } from '#shared/contract/run-views.ts';
import type { RunId } from '#shared/model/ids.ts';
import { hostsFleet, openFleet } from '#test/kit/fleet.ts';
import { putCommandAs } from '#test/kit/library.ts';
import { someNodes, startTestSystem, type TestSystem } from '#test/kit/system.ts';

let system: TestSystem;
beforeAll(async () => {
  system = await startTestSystem([...someNodes('aws', 'h', 2), ...someNodes('aliyun', 'c', 1)]);
});
afterAll(() => system.close());

const jobOf = (operations: readonly object[], spec: object = {}) => ({
  apiVersion: 'drover/v1',
  kind: 'Job',
  metadata: { name: 'use' },
  spec: {
    targets: { where: 'node.tags.role in ["h", "c"]' },
    groups: [{ name: 'g', maxFailures: '100%', phases: [{ name: 'p', operations }] }],
    ...spec,
  },
});

const start = async (job: unknown, params = {}): Promise<RunId> =>
  (await system.services.submitRun({ request: { job, params, only: {} }, actor: 'ann' })).runId;

const resultsOf = async (runId: RunId): Promise<readonly ResultView[]> => {
  await system.engine.idle();
  return (await system.services.listResults(runId, { limit: 1000 })).items;
};

const run = async (job: unknown, params = {}) => resultsOf(await start(job, params));

const stdouts = (results: readonly ResultView[], operation: string) => [
  ...new Set(results.filter((one) => one.operation === operation).map((one) => one.stdout)),
];

describe('a run that uses a command', () => {
  it('runs its script with typed arguments, libraries and settings, on both clouds', async () => {
    await putCommandAs(system.services, 'w/log', { type: 'library', run: 'say() { echo "<$*>"; }\n' });
    await putCommandAs(system.services, 'w/restart', {
      interpreter: 'bash',
      run: '. "$DROVER_LIB/log.sh"; say "$service" "$tries" "$1" "$LEVEL" "$HERE"; echo "state=$service-up" >> "$DROVER_OUTPUT"; exit 3\n',
      arguments: { service: { required: true }, tries: { type: 'number', default: 3 }, mode: {} },
      positional: ['mode'],
      libraries: ['w/log'],
      env: { LEVEL: 'info' },
      outputs: { state: {} },
      okExitCodes: [0, 3],
    });

    const results = await run(
      jobOf(
        [
          {
            id: 'restart',
            use: 'w/restart@latest',
            with: { service: '${{ params.service }}', mode: "x$(id) 'y'" },
            env: { HERE: '${{ node.tags.role == "h" ? "aws" : "aliyun" }}' },
          },
          { id: 'after', run: 'echo "$S"', env: { S: '${{ outputs.restart.state }}' } },
        ],
        { params: { service: {} } },
      ),
      { service: 'web' },
    );

    expect(results.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => 'succeeded'));
    expect(stdouts(results, 'restart').toSorted()).toEqual([
      "<web 3 x$(id) 'y' info aliyun>\n",
      "<web 3 x$(id) 'y' info aws>\n",
    ]);
    expect(stdouts(results, 'after')).toEqual(['web-up\n']);
  });

  it('fails on the nodes where an argument does not fit, and says why', async () => {
    await putCommandAs(system.services, 'w/typed', { run: 'echo "$n"', arguments: { n: { type: 'number' } } });

    const results = await run(
      jobOf([{ id: 'a', use: 'w/typed', with: { n: '${{ node.tags.role == "c" ? "7" : node.name }}' } }]),
    );

    expect(results.map(({ name, status, reason }) => [name, status, reason]).toSorted()).toEqual([
      ['c-1', 'succeeded', null],
      ...['h-1', 'h-2'].map((name) => [
        ...[name, 'failed'],
        `Operation a was not sent: argument 'n' of w/typed: expected a number, found '${name}'`,
      ]),
    ]);
  });

  it('keeps the version and the libraries of its start, also when it is continued', async () => {
    await putCommandAs(system.services, 'w/lib', { type: 'library', run: 'echo old lib\n' });
    const version = await putCommandAs(system.services, 'w/frozen', {
      run: '. "$DROVER_LIB/lib.sh"; echo old; [ -e "$DROVER_STATE_DIR/go" ] || exit 1',
      libraries: ['w/lib'],
    });
    const job = jobOf([{ id: 'a', use: 'w/frozen' }]);
    const runId = await start(job);
    await system.engine.idle();
    await putCommandAs(system.services, 'w/lib', { type: 'library', run: 'echo new lib\n' });
    await putCommandAs(system.services, 'w/frozen', { run: 'echo new' });
    await system.services.removeCommand('w/frozen', {}, { actor: 'bob' });

    await system.services.continueRun(runId, { mode: 'continue', only: {} }, 'ann');

    expect(stdouts(await resultsOf(runId), 'a')).toEqual(['old lib\nold\n']);
    expect((await system.services.viewRun(runId)).commands).toEqual([
      {
        ...{ name: 'w/frozen', version, operations: ['a'] },
        libraries: [{ name: 'w/lib', version: expect.stringMatching(/^\w{64}$/) }],
      },
    ]);
    await expect(start(job)).rejects.toMatchObject({ code: 'job.invalid' });
  });

  it('is one run under its key, though the command changes between two sendings', async () => {
    const version = await putCommandAs(system.services, 'w/key', { run: 'echo 1' });
    const submission = {
      request: { job: jobOf([{ id: 'a', use: 'w/key' }]), params: {}, only: {} },
      actor: 'ann',
      idempotencyKey: 'library-key',
    };
    const first = await system.services.submitRun(submission);
    await putCommandAs(system.services, 'w/key', { run: 'echo 2' });
    const second = await system.services.submitRun(submission);

    expect(second).toEqual({ runId: first.runId, created: false });
    expect((await system.services.viewRun(first.runId)).commands).toMatchObject([{ version }]);
    expect(stdouts(await resultsOf(first.runId), 'a')).toEqual(['1\n']);
  });

  it('uses commands in blocks', async () => {
    await putCommandAs(system.services, 'w/item', { run: 'echo "item $item"', arguments: { item: {} } });
    const results = await run(
      jobOf([
        {
          id: 'each',
          forEach: ['x', 'y'],
          operations: [{ id: 'a', use: 'w/item', with: { item: '${{ each.item }}' } }],
        },
      ]),
    );
    expect([...stdouts(results, 'a_1'), ...stdouts(results, 'a_2')]).toEqual(['item x\n', 'item y\n']);
  });

  it('says in the plan which versions it would use, and its digest changes with them', async () => {
    const plan = async () =>
      system.services.planPreview({ job: jobOf([{ id: 'a', use: 'w/plan' }]), params: {}, only: {} });
    const one = await putCommandAs(system.services, 'w/plan', { run: 'echo 1' });
    const before = await plan();
    const two = await putCommandAs(system.services, 'w/plan', { run: 'echo 2' });
    const after = await plan();

    expect(before.groups[0]?.phases[0]?.operations[0]?.command).toEqual({
      name: 'w/plan',
      version: one,
      libraries: [],
    });
    expect(after.groups[0]?.phases[0]?.operations[0]?.command?.version).toBe(two);
    expect(after.digest).not.toBe(before.digest);
  });
});

describe('a script that one of the clouds does not take', () => {
  it('is warned of in the plan, and fails only there', async () => {
    const fleet = await openFleet(hostsFleet(2, 1));
    onTestFinished(() => fleet.close());
    await putCommandAs(fleet.services, 'w/large', { type: 'library', run: `# ${'x'.repeat(20_000)}\n` });
    await putCommandAs(fleet.services, 'w/uses-large', { run: 'echo done', libraries: ['w/large'] });
    const job = jobOf([{ id: 'a', use: 'w/uses-large' }]);

    const { warnings } = await fleet.services.planPreview({ job, params: {}, only: {} });
    expect(warnings).toMatchObject([
      {
        kind: 'tooLarge',
        nodeIds: [expect.stringMatching(/^i-bp/)],
        message: expect.stringContaining('w/large 20003'),
      },
    ]);
    const { runId } = await fleet.run(job);
    const { items } = await fleet.services.listResults(runId, { limit: 10 });
    expect(items.map(({ name, status, reason }) => [name, status, reason]).toSorted()).toEqual([
      ['c-1', 'failed', expect.stringMatching(/^script.too-large: script, libraries \(w\/large\) and values make \d+/)],
      ['h-1', 'succeeded', null],
      ['h-2', 'succeeded', null],
    ]);
  });
});

describe('a run of a stored job', () => {
  it('takes the latest revision or the one it names, converts its params, and says which it was', async () => {
    const job = (text: string) =>
      jobOf([{ id: 'a', run: `echo ${text} $N`, env: { N: '${{ params.n + 1 }}' } }], {
        params: { n: { type: 'number' } },
      });
    await system.services.applyJob('use', { job: job('one') }, { actor: 'ann' });
    await system.services.applyJob('use', { job: job('two') }, { actor: 'ann' });

    const latest = await start('use', { n: '41' });
    const first = await start('use@1', { n: '1' });

    expect(stdouts(await resultsOf(latest), 'a')).toEqual(['two 42\n']);
    expect(stdouts(await resultsOf(first), 'a')).toEqual(['one 2\n']);
    const views = await Promise.all([latest, first].map((runId) => system.services.viewRun(runId)));
    expect(views.map((view) => view.job)).toMatchObject([
      { name: 'use', revision: 2 },
      { name: 'use', revision: 1 },
    ]);
    expect(views[0]?.job.digest).not.toBe(views[1]?.job.digest);
  });

  it.each([
    ['a revision that there is not', 'use@99', 'job.not-found'],
    ['a name that cannot be one', './x.yaml', 'request.invalid'],
    ['a param that it does not have', 'use@1', 'params.invalid'],
  ])('is refused with %s', async (_, job, code) => {
    await expect(start(job, { x: '1' })).rejects.toMatchObject({ code });
  });
});
