import { afterEach, describe, expect, it } from 'vitest';
import type { RunId } from '#shared/model/ids.ts';
import { hostsFleet, type OpenFleet, openFleet } from '#test/kit/fleet.ts';
import {
  importJob,
  type Json,
  oldBlock,
  oldGroup,
  oldNative,
  oldOperation,
  oldPhase,
} from '#test/shared/import/autoexec/old-job.ts';

let fleet: OpenFleet | undefined;
afterEach(async () => {
  await fleet?.close();
  fleet = undefined;
});

/** Imports a job of the older system and runs it on `count` local nodes, h-1 and so on, as it is. */
const runOld = async (count: number, job: { readonly [key: string]: Json }) => {
  fleet = await openFleet(hostsFleet(count));
  const imported = importJob({ roundCount: 1, ...job });
  const targets = { where: 'node.tags.role == "h"' };
  const { runId } = await fleet.services.submitRun({
    request: { job: { ...imported.job, spec: { ...imported.job.spec, targets } }, params: imported.params, only: {} },
    actor: 'test',
  });
  return { runId, view: await fleet.ended(runId) };
};

const results = async (runId: RunId) => (await fleet!.services.listResults(runId, { limit: 200 })).items;

/** `node operation: what it printed`, of what ran. */
const printed = async (runId: RunId): Promise<readonly string[]> =>
  (await results(runId))
    .filter((one) => one.status === 'succeeded' && !/^(?:s[12]|if_[12]|w|x|cat)$/.test(one.operation))
    .map((one) => `${one.name} ${one.operation}: ${one.stdout.trim()}`)
    .toSorted();

const say = (opId: string, text: string, more = {}) => oldOperation({ opId, scriptContent: `echo ${text}\n`, ...more });
const writes = 'echo "{\\"v\\": \\"from $NODE_NAME\\"}" >> "$OUTPUT_PATH"\n';

describe('a job of the older system, on real nodes', () => {
  it('9, 10: blocks, variables, outputs with defaults, gathering and extracting mean what they meant', async () => {
    const { runId, view } = await runOld(2, {
      opt: { mode: 'full', weird: 'x$(id -un)y' },
      runFlow: [
        oldGroup([
          oldPhase('p1', [
            oldNative('native/setenv', { opId: 's1', opt: { name: 'COLOR', value: 'blue', scope: 'node' } }),
            oldNative('native/setenv', { opId: 's2', opt: { name: 'GG', value: 'all of ${mode}', scope: 'global' } }),
            oldBlock('$COLOR = "blue" and $NODE_NAME = "h-1"', [say('a', 'branch a')], {
              else: [say('b', 'branch b')],
            }),
            oldOperation({ opId: 'w', scriptContent: writes, output: { v: {}, d: { defaultValue: 'dflt' } } }),
            say('lit', '"$1 $mode"', { arg: ['${weird}'] }),
          ]),
        ]),
        oldGroup(
          [
            oldPhase('p2', [
              oldNative('native/echo', { arg: ['$GG, $COLOR, ${p1.w.v}, ${p1.w.d}'] }),
              oldNative('native/getvalfromtxt', { opId: 'x', opt: { txtval: '${p1.w.v}', selector: 'h-(\\d)' } }),
              oldBlock(
                '"$GG" startswith "all" and not ${mode} = 1',
                [say('c', '"got $1"', { arg: ['${p2.x.extractTxtVal}'] })],
                { opId: 'if_2' },
              ),
            ]),
          ],
          { groupNo: 1 },
        ),
        oldGroup(
          [
            oldPhase('sum', [
              oldNative('basic/concatoutput', {
                opId: 'cat',
                opType: 'runner',
                opt: { outputkey: '#{p1.w.v}', delimiter: ' + ' },
              }),
              say('r', '"$1"', { opType: 'runner', arg: ['${sum.cat.aggTxtData}'] }),
            ]),
          ],
          { groupNo: 2 },
        ),
      ],
    });

    expect(view.status).toBe('succeeded');
    expect(await printed(runId)).toEqual([
      'h-1 a: branch a',
      'h-1 c: got h-1',
      'h-1 echo_1: all of full, blue, from h-1, dflt',
      'h-1 lit: x$(id -un)y full',
      'h-2 b: branch b',
      'h-2 c: got h-2',
      'h-2 echo_1: all of full, blue, from h-2, dflt',
      'h-2 lit: x$(id -un)y full',
      'runner r: from h-1 + from h-2',
    ]);
  });

  it('a log pattern fails the operation that printed it, is stored as failed, and is run again', async () => {
    const { runId, view } = await runOld(1, {
      runFlow: [
        oldGroup([
          oldPhase('p', [
            say('before', 'ERROR before the rule'),
            oldNative('native/failkeys', { arg: ['^ERROR'] }),
            say('quiet', 'fine', { arg: ['ERROR'] }),
            say('loud', 'ERROR in the log'),
            say('never', 'never'),
          ]),
        ]),
      ],
    });
    expect(view.status).toBe('failed');
    const ran = async () => (await results(runId)).map((one) => `${one.operation}:${one.status}`);
    expect(await ran()).toEqual(['before:succeeded', 'quiet:succeeded', 'loud:failed']);
    await fleet!.services.continueRun(runId, { mode: 'continue', only: {} }, 'test');
    expect((await fleet!.ended(runId)).status).toBe('failed');
    const again = (await results(runId)).filter((one) => one.attempt === 2).map((one) => one.operation);
    expect(again).toEqual(['loud']);
  });

  it('a tolerated failure, failjob in a block, and what a block decided survive a continue', async () => {
    const { runId, view } = await runOld(2, {
      runFlow: [
        oldGroup([
          oldPhase('p', [
            oldOperation({ opId: 'stop', scriptContent: 'exit 1\n', failIgnore: 1 }),
            oldBlock('$NODE_NAME = "h-2"', [oldNative('native/failjob', { arg: ['not on ${NODE_NAME}'] })]),
            say('after', 'after'),
          ]),
        ]),
      ],
    });
    expect(view.status).toBe('failed');
    const failed = (await results(runId)).filter((one) => one.status === 'failed');
    expect(failed.map((one) => [one.name, one.operation])).toEqual([
      ['h-1', 'stop'],
      ['h-2', 'stop'],
      ['h-2', 'failjob_1'],
    ]);
    expect(failed.at(-1)?.reason).toContain('not on h-2');
    expect(await printed(runId)).toEqual(['h-1 after: after']);
  });
});
