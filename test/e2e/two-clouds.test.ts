import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { hostsFleet, type OpenFleet, openFleet } from '#test/kit/fleet.ts';

let fleet: OpenFleet;
afterEach(() => fleet.close());

const jobOf = (operations: readonly unknown[], more: Readonly<Record<string, unknown>> = {}) => ({
  apiVersion: 'drover/v1',
  kind: 'Job',
  metadata: { name: 'two-clouds' },
  spec: {
    targets: { where: 'node.tags.role == "h"' },
    groups: [{ name: 'g', maxFailures: '100%', phases: [{ name: 'p', operations }] }],
    ...more,
  },
});

const results = async (view: { readonly runId: Parameters<OpenFleet['services']['listResults']>[0] }) =>
  (await fleet.services.listResults(view.runId, { limit: 1000 })).items;

describe('one run over two clouds', () => {
  it('runs on 40 aws and 25 aliyun instances; the 2 that are offline end as undeliverable with the reason, the rest succeeds', async () => {
    const offline = (line: string) =>
      /h-7,|c-3,/.test(line) ? line.replace(/}$/, ', behaviour: {offline: true}}') : line;
    fleet = await openFleet(hostsFleet(40, 25).split('\n').map(offline).join('\n'));

    const view = await fleet.run(
      jobOf([
        { id: 'a', run: 'echo one' },
        { id: 'b', run: 'echo two' },
      ]),
    );

    expect(view.status).toBe('failed');
    expect(view.groups[0]?.phases[0]?.counts).toEqual({ succeeded: 63, undeliverable: 2 });
    const rows = (await fleet.services.listNodeRows(view.runId, { limit: 1000, status: ['undeliverable'] })).items;
    expect(rows.map((row) => row.name).sort()).toEqual(['c-3', 'h-7']);
    for (const row of rows) expect(row.reason).toMatch(/agent|respond|running/i);
    const outputs = (await results(view)).filter((one) => one.operation === 'b');
    expect(outputs).toHaveLength(63);
    expect(new Set(outputs.map((one) => one.stdout))).toEqual(new Set(['two\n']));
  });

  it('carries any value to the script exactly, as environment and as argument, different on every node', async () => {
    const value = `x$(touch pwned)y'"\\n{{z}} 中文 \`id\` %s \\ -e`;
    fleet = await openFleet(hostsFleet(2, 2));

    const view = await fleet.run(
      jobOf(
        [
          {
            id: 'a',
            run: 'printf "%s\\n" "$VALUE"; printf "%s\\n" "$1" "$MINE"; ls pwned 2>/dev/null; true',
            env: { VALUE: '${{ params.value }}', MINE: '${{ node.name }}' },
            args: ['${{ params.value }}-${{ node.name }}'],
          },
        ],
        { params: { value: { type: 'string', default: value } } },
      ),
    );

    expect(view.status).toBe('succeeded');
    for (const one of await results(view)) expect(one.stdout).toBe(`${value}\n${value}-${one.name}\n${one.name}\n`);
  });

  it('keeps the record and the outputs of a script that prints 30 KB, and loses nothing of its text', async () => {
    fleet = await openFleet(hostsFleet(1, 1));
    const print = `head -c 30000 /dev/zero | tr '\\0' a; echo; echo end; echo "size=30K" >> "$DROVER_OUTPUT"; echo oops >&2; exit 4`;

    const view = await fleet.run(
      jobOf([
        { id: 'a', run: print, failIgnore: true, outputs: { size: {} } },
        { id: 'b', run: 'echo "$S"', env: { S: 'x' } },
      ]),
    );

    expect(view.status).toBe('completed');
    const first = (await results(view)).filter((one) => one.operation === 'a');
    expect(first).toHaveLength(2);
    for (const one of first) {
      expect(one).toMatchObject({
        status: 'failed',
        exitCode: 4,
        stdoutBytes: 30_005,
        stderrBytes: 5,
        stderr: 'oops\n',
        outputs: { size: '30K' },
      });
      const shown = one.stdout.replaceAll(/[^a]/g, '').length;
      expect(shown).toBeGreaterThan(10_000);
      // What is not shown is not lost: the node sent all of it to the blobs.
      expect(one.omittedBytes).toBe(0);
      expect(one.stdout.endsWith('end\n')).toBe(true);
    }
  });

  it('runs each script with its interpreter, as a condition says, within its time', async () => {
    fleet = await openFleet(hostsFleet(1, 1));

    const view = await fleet.run(
      jobOf([
        {
          id: 'py',
          interpreter: 'python3',
          run: 'import os\nprint("py", os.environ["WHO"])',
          env: { WHO: '${{ node.agent }}' },
        },
        { id: 'node', interpreter: 'node', run: 'console.log("js", process.argv[2])', args: ['7'] },
        { id: 'perl', interpreter: 'perl', run: 'print "pl\\n";' },
        { id: 'cn', run: 'echo only in china', when: 'node.agent == "aliyun"' },
        { id: 'slow', run: 'sleep 60 & sleep 60', timeout: '1s' },
      ]),
    );

    const all = await results(view);
    const of = (agent: string) =>
      all
        .filter((one) => one.name.startsWith(agent === 'aws' ? 'h' : 'c'))
        .map((one) => `${one.operation} ${one.status} ${one.stdout.trim()}`.trim());
    expect(of('aws')).toEqual([
      'py succeeded py aws',
      'node succeeded js 7',
      'perl succeeded pl',
      'cn skipped',
      'slow timedOut',
    ]);
    expect(of('aliyun')).toEqual([
      'py succeeded py aliyun',
      'node succeeded js 7',
      'perl succeeded pl',
      'cn succeeded only in china',
      'slow timedOut',
    ]);
    expect(view.groups[0]?.phases[0]?.counts).toEqual({ timedOut: 2 });
  });

  it('aborts: commands under way are stopped on both clouds, with their children', async () => {
    fleet = await openFleet(hostsFleet(2, 2));
    const pids = join(fleet.stateDir, 'pids');
    const run = `echo $$ >> '${pids}'; sleep 300 & echo $! >> '${pids}'; wait`;
    const { runId } = await fleet.services.submitRun({
      request: { job: jobOf([{ id: 'a', run }]), params: {}, only: {} },
      actor: 'test',
    });
    const started = () => (existsSync(pids) ? readFileSync(pids, 'utf8').trim().split('\n').map(Number) : []);
    await expect.poll(() => started().length, { timeout: 20_000 }).toBe(8);

    await fleet.services.abortRun(runId, { reason: 'enough' }, 'ann');
    const view = await fleet.ended(runId);

    expect(view).toMatchObject({ status: 'aborted', reason: 'Aborted by ann: enough' });
    expect(view.groups[0]?.phases[0]?.counts).toEqual({ aborted: 4 });
    await expect.poll(() => started().filter(isAlive), { timeout: 15_000 }).toEqual([]);
  });
});

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
