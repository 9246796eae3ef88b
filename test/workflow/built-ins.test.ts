import { afterEach, describe, expect, it } from 'vitest';
import type { RunView } from '#shared/contract/run-views.ts';
import type { RunId } from '#shared/model/ids.ts';
import type { ParamValues } from '#shared/model/job.ts';
import { someNodes, startTestSystem, type TestSystem } from '#test/kit/system.ts';

let system: TestSystem | undefined;
afterEach(async () => {
  await system?.close();
  system = undefined;
});

type Operations = readonly Readonly<Record<string, unknown>>[];
interface PhaseLike {
  readonly on?: string;
  readonly operations: Operations;
}

const jobOf = (phases: readonly PhaseLike[], spec: Readonly<Record<string, unknown>>) => ({
  apiVersion: 'drover/v1',
  kind: 'Job',
  metadata: { name: 'built-ins' },
  spec: {
    targets: { where: 'node.tags.role == "web"' },
    runner: { where: 'node.tags.role == "runner"' },
    ...spec,
    // One group each: a later phase sees what an earlier one wrote.
    groups: phases.map((phase, index) => ({
      name: `g${index}`,
      maxFailures: '100%',
      phases: [{ name: `p${index}`, ...phase }],
    })),
  },
});

interface Ran {
  readonly runId: RunId;
  readonly view: RunView;
  /** `<operation>:<status>:<stdout or reason>` by node name. */
  readonly told: Readonly<Record<string, readonly string[]>>;
}

const resultsOf = async (runId: RunId): Promise<Ran['told']> => {
  const { items } = await system!.services.listResults(runId, { limit: 1000 });
  const told: Record<string, string[]> = {};
  for (const { name, operation, status, stdout, reason } of items)
    told[name] = [
      ...(told[name] ?? []),
      `${operation}:${status}:${(status === 'succeeded' ? stdout : (reason ?? '')).trim()}`,
    ];
  return told;
};

const run = async (
  phases: readonly PhaseLike[],
  more: {
    readonly nodes?: number;
    readonly params?: ParamValues;
    readonly spec?: Readonly<Record<string, unknown>>;
  } = {},
): Promise<Ran> => {
  system = await startTestSystem([...someNodes('aws', 'web', more.nodes ?? 2), ...someNodes('aws', 'runner', 1)]);
  const job = jobOf(phases, more.spec ?? {});
  const { runId } = await system.services.submitRun({
    request: { job, params: more.params ?? {}, only: {} },
    actor: 'test',
  });
  await system.engine.idle();
  return { runId, view: await system.services.viewRun(runId), told: await resultsOf(runId) };
};

describe('built-in operations', () => {
  it('echo, setEnv and extract, with the values of each node', async () => {
    const { told } = await run(
      [
        {
          operations: [
            { id: 'set', setEnv: { COLOR: 'blue on ${{ node.name }}', LEVEL: '2' } },
            { id: 'say', echo: '${{ env.COLOR }} in ${{ env.SITE }} ${{ params.doc }}' },
            { id: 'take', extract: { from: '${{ params.doc }}', path: '$.a[1]' } },
            { id: 'digits', extract: { from: '${{ env.COLOR }}', pattern: '-(\\d+)' } },
            {
              id: 'shell',
              run: 'echo "$COLOR $LEVEL $SITE $1"',
              args: ['${{ outputs.take.result }}'],
              env: { LEVEL: '3' },
            },
          ],
        },
        { operations: [{ id: 'later', run: 'echo "$COLOR ${UNSET:-none}"' }] },
      ],
      {
        params: { doc: '{"a": [1, "x$(id)y"]}' },
        spec: { env: { SITE: 'wien' }, params: { doc: { type: 'string' } } },
      },
    );

    expect(told['web-1']).toEqual([
      'set:succeeded:COLOR=blue on web-1\nLEVEL=2',
      'say:succeeded:blue on web-1 in wien {"a": [1, "x$(id)y"]}',
      'take:succeeded:x$(id)y',
      'digits:succeeded:1',
      'shell:succeeded:blue on web-1 3 wien x$(id)y',
      'later:succeeded:blue on web-1 none',
    ]);
    expect(told['web-2']).toContain('digits:succeeded:2');
  });

  it('setEnv for the whole run is seen by every node', async () => {
    const { told } = await run([
      { on: 'runner', operations: [{ id: 'set', setEnv: { GG: 'everywhere' } }] },
      { operations: [{ id: 'say', run: 'echo "$GG"' }] },
    ]);
    expect([told['web-1'], told['web-2']]).toEqual([['say:succeeded:everywhere'], ['say:succeeded:everywhere']]);
  });

  it('aggregate gathers what nodes wrote, as map, list, text and first', async () => {
    const gather = (id: string, how: Readonly<Record<string, unknown>>) => ({ id, aggregate: { from: 'w.v', ...how } });
    const { told } = await run([
      {
        operations: [
          { id: 'w', run: 'echo "v=$N" >> "$DROVER_OUTPUT"', env: { N: 'of "${{ node.name }}"' }, outputs: { v: {} } },
        ],
      },
      {
        on: 'runner',
        operations: [
          gather('map', { by: 'name' }),
          gather('list', { as: 'list' }),
          gather('text', { as: 'text', separator: ' | ' }),
          gather('first', { as: 'first' }),
          { id: 'use', run: 'printf %s "$ALL"', env: { ALL: '${{ outputs.map.result }}' } },
        ],
      },
    ]);
    expect(told['runner-1']).toEqual([
      'map:succeeded:{"web-1":"of \\"web-1\\"","web-2":"of \\"web-2\\""}',
      'list:succeeded:["of \\"web-1\\"","of \\"web-2\\""]',
      'text:succeeded:of "web-1" | of "web-2"',
      'first:succeeded:of "web-1"',
      'use:succeeded:{"web-1":"of \\"web-1\\"","web-2":"of \\"web-2\\""}',
    ]);
  });

  it('fail ends the node with its reason, or only where its condition holds', async () => {
    const { told, view } = await run([
      {
        operations: [
          { id: 'stop', fail: 'no ${{ node.name }} here', when: 'node.name == "web-1"' },
          { id: 'on', echo: 'on' },
        ],
      },
    ]);
    expect(told['web-1']).toEqual(['stop:failed:no web-1 here']);
    expect(told['web-2']).toEqual(['stop:skipped:its condition is false', 'on:succeeded:on']);
    expect(view.groups[0]?.phases[0]?.counts).toEqual({ failed: 1, succeeded: 1 });
  });

  it('if decides once on each node and runs one branch, also nested', async () => {
    const { told } = await run(
      [
        {
          operations: [
            {
              id: 'one',
              if: 'node.name == "web-1"',
              operations: [
                { id: 'a', echo: 'a' },
                {
                  id: 'two',
                  if: 'env.DEEP == "yes"',
                  operations: [{ id: 'deep', echo: 'deep' }],
                  else: [{ id: 'flat', echo: 'flat' }],
                },
              ],
              else: [{ id: 'b', run: 'echo b' }],
            },
          ],
        },
      ],
      { spec: { env: { DEEP: 'yes' } } },
    );
    expect(told['web-1']).toEqual([
      'one:succeeded:node.name == "web-1" is true',
      'a:succeeded:a',
      'two:succeeded:env.DEEP == "yes" is true',
      'deep:succeeded:deep',
      "flat:skipped:the condition of 'two' was true",
      "b:skipped:the condition of 'one' was true",
    ]);
    expect(told['web-2']).toEqual([
      'one:succeeded:node.name == "web-1" is false',
      "a:skipped:the condition of 'one' was false",
      "two:skipped:the condition of 'one' was false",
      "deep:skipped:the condition of 'one' was false",
      "flat:skipped:the condition of 'one' was false",
      'b:succeeded:b',
    ]);
  });

  it('keeps what an if decided when the run is continued, although its condition would say otherwise', async () => {
    const { runId } = await run(
      [
        {
          operations: [
            {
              id: 'choose',
              if: 'run.attempt == 1',
              operations: [{ id: 'first', run: '[ -e gate ] || { touch gate; exit 1; }' }],
              else: [{ id: 'second', echo: 'wrong' }],
            },
          ],
        },
      ],
      { nodes: 1 },
    );
    await system!.services.continueRun(runId, { mode: 'continue', only: {} }, 'test');
    await system!.engine.idle();

    expect((await system!.services.viewRun(runId)).status).toBe('succeeded');
    expect(Object.values(await resultsOf(runId)).flat()).not.toContain('second:succeeded:wrong');
  });

  it('forEach goes through a literal list, a param and what a node wrote', async () => {
    const { told } = await run(
      [
        {
          operations: [
            {
              id: 'fixed',
              forEach: ['x', { k: 'v' }],
              as: 'it',
              operations: [{ id: 'f', echo: '${{ each.index }} ${{ each.it }}' }],
            },
            {
              id: 'given',
              forEach: '${{ params.hosts }}',
              operations: [{ id: 'g', run: 'echo "$H"', env: { H: '${{ each.item }}' } }],
            },
            { id: 'ls', run: 'echo "files=[\\"a b\\", \\"c\\"]" >> "$DROVER_OUTPUT"', outputs: { files: {} } },
            {
              id: 'found',
              forEach: '${{ outputs.ls.files }}',
              limit: 3,
              operations: [
                {
                  id: 'size',
                  run: 'echo "n=${#1}" >> "$DROVER_OUTPUT"',
                  args: ['${{ each.item }}'],
                  outputs: { n: { type: 'int' } },
                },
                { id: 'long', echo: 'long', when: 'outputs.size.n > 2' },
              ],
            },
          ],
        },
      ],
      { nodes: 1, params: { hosts: ['one'] }, spec: { params: { hosts: { type: 'list' } } } },
    );
    expect(told['web-1']).toEqual([
      'fixed:succeeded:2 items',
      'f_1:succeeded:0 x',
      'f_2:succeeded:1 {"k":"v"}',
      'given:succeeded:1 items',
      'g_1:succeeded:one',
      'ls:succeeded:',
      'found:succeeded:2 items',
      'size_1:succeeded:',
      'long_1:succeeded:long',
      'size_2:succeeded:',
      'long_2:skipped:its condition is false',
      "size_3:skipped:the list of 'found' has 2 items",
      "long_3:skipped:the list of 'found' has 2 items",
    ]);
  });

  it('a list that is longer than its limit fails, and loses nothing silently', async () => {
    const { told } = await run(
      [{ operations: [{ id: 'l', forEach: '${{ env.L }}', limit: 2, operations: [{ id: 's', echo: 'x' }] }] }],
      { nodes: 1, spec: { env: { L: '[1,2,3]' } } },
    );
    expect(told['web-1']).toEqual(["l:failed:The list of 'l' has 3 items; at most 2 are gone through: set its limit."]);
  });

  it('wait waits, and a maintenance window lets in or not', async () => {
    const { told, view } = await run(
      [
        {
          operations: [
            { id: 'rest', wait: '1s' },
            { id: 'open', maintenanceWindow: { windows: [{}] } },
            { id: 'closed', maintenanceWindow: { windows: [{ dates: ['2001-01-01'] }] } },
          ],
        },
      ],
      { nodes: 1 },
    );
    expect(told['web-1']).toEqual([
      'rest:succeeded:',
      'open:succeeded:The maintenance window is open.',
      'closed:failed:It is outside the maintenance windows; and none opens within 400 days.',
    ]);
    const [rest] = (await system!.services.listResults(view.runId, { limit: 10 })).items;
    expect(Math.round((rest?.durationMs ?? 0) / 100)).toBe(10);
  });
});

describe('what counts as success', () => {
  it('retries the nodes that failed, and only those', async () => {
    const { told, view } = await run([
      {
        operations: [
          {
            id: 'flaky',
            run: 'echo x >> tries; [ "$NAME" = web-1 ] || exit 0; [ "$(wc -l < tries)" -ge 3 ]',
            env: { NAME: '${{ node.name }}' },
            retries: { max: 3, backoff: '100ms', factor: 1 },
          },
          { id: 'count', run: 'wc -l < tries' },
        ],
      },
    ]);
    expect(view.status).toBe('succeeded');
    expect(told['web-1']?.at(-1)).toBe('count:succeeded:3');
    expect(told['web-2']?.at(-1)).toBe('count:succeeded:1');
  });

  it('ends as failed when no try is left', async () => {
    const { view } = await run(
      [{ operations: [{ id: 'a', run: 'echo x >> tries; exit 4', retries: { max: 1, backoff: '1ms' } }] }],
      { nodes: 1 },
    );
    expect(view.groups[0]?.phases[0]?.counts).toEqual({ failed: 1 });
  });

  it('okExitCodes and failOn decide, and a hit is stored as failed: continue runs it again', async () => {
    const { runId, told } = await run(
      [
        {
          operations: [
            { id: 'two', run: 'exit 2', okExitCodes: [0, 2] },
            { id: 'zero', run: 'true', okExitCodes: [3], failIgnore: true },
            { id: 'code', run: 'exit 5', okExitCodes: [5], failOn: { exitCodes: [5] }, failIgnore: true },
            {
              id: 'log',
              run: 'echo fine; [ -e once ] || echo "ORA-01555: snapshot" >&2; touch once',
              failOn: { patterns: ['^ora-\\d+'], ignoreCase: true },
            },
          ],
        },
      ],
      { nodes: 1 },
    );
    expect(told['web-1']).toEqual([
      'two:succeeded:',
      'zero:failed:It exited with code 0; success is 3.',
      'code:failed:It exited with code 5, which failOn names.',
      'log:failed:Its output has a line that matches ^ora-\\d+: ORA-01555: snapshot',
    ]);

    await system!.services.continueRun(runId, { mode: 'continue', only: {} }, 'test');
    await system!.engine.idle();
    expect((await system!.services.viewRun(runId)).status).toBe('completed');
  });

  it('an output that is not of its type fails the operation', async () => {
    const { told } = await run(
      [{ operations: [{ id: 'o', run: 'echo "n=many" >> "$DROVER_OUTPUT"', outputs: { n: { type: 'int' } } }] }],
      { nodes: 1 },
    );
    expect(told['web-1']).toEqual(['o:failed:Its output n is declared as int, and it wrote: many']);
  });
});
