import { describe, expect, it } from 'vitest';
import {
  importError,
  importJob,
  type Json,
  noticeLines,
  oldBlock,
  oldGroup,
  oldJob,
  oldNative,
  oldOperation,
  oldPhase,
  operationsOf,
} from './old-job.ts';

const only = (operation: Json, fields = {}) =>
  operationsOf(importJob(oldJob([operation, oldOperation({ opId: 'z' })], fields)))[0];

/** A target phase with an output, then a runner phase with one operation. */
const gathering = (operation: Json, more: readonly Json[] = []) =>
  importJob({
    runFlow: [
      oldGroup([oldPhase('p', [oldOperation({ opId: 'df', output: { free: {} } })])]),
      oldGroup([oldPhase('q', [operation, ...more, oldOperation({ opId: 'z', opType: 'runner' })])], { groupNo: 1 }),
    ],
  });

describe('built-in operations of the old engine', () => {
  it('echo and failjob become echo and fail, with their references', () => {
    const opt = { opt: { who: 'me' } };
    expect(only(oldNative('native/echo', { arg: [{ type: 'text', value: 'hi ${who}' }, 'x'] }), opt)).toMatchObject({
      id: 'echo_1',
      name: 'native/echo',
      echo: 'hi ${{ params.who }} x',
    });
    expect(only(oldNative('native/failjob', { arg: [{ value: 'no' }], failIgnore: 1 }))).toMatchObject({
      fail: 'no',
      failIgnore: true,
    });
    expect(only(oldNative('native/failjob'))).toMatchObject({ fail: expect.stringMatching(/\w/) });
  });

  it('setenv becomes setEnv, and later operations refer to the variable', () => {
    const imported = importJob(
      oldJob([
        oldNative('native/setenv', { opt: { name: 'COLOR', value: 'blue', scope: 'node' } }),
        oldNative('native/setenv', { opId: 's_2', opt: { name: 'ALL', value: 'x', scope: 'global', hidden: '1' } }),
        oldNative('native/echo', { arg: [{ value: '$COLOR ${ALL}' }] }),
        oldBlock('$COLOR = "blue"', [oldOperation()]),
      ]),
    );
    const [first, second, echo, block] = operationsOf(imported);
    expect(first).toMatchObject({ setEnv: { COLOR: 'blue' } });
    expect(first?.scope).toBeUndefined();
    expect(second).toMatchObject({ setEnv: { ALL: 'x' }, scope: 'run' });
    expect(echo).toMatchObject({ echo: '${{ env.COLOR }} ${{ env.ALL }}' });
    expect(block).toMatchObject({ if: 'env.COLOR == "blue"' });
    expect(noticeLines(imported)).toContainEqual(expect.stringMatching(/hidden had no effect/));
  });

  it('a variable that only a block sets has its old text where no block did', () => {
    const set = oldNative('native/setenv', { opt: { name: 'COLOR', value: 'red' } });
    const imported = importJob(
      oldJob([
        oldBlock('$NODE_HOST = "h1"', [set]),
        oldNative('native/echo', { arg: ['$COLOR'] }),
        oldBlock('$COLOR = "red"', [oldOperation()], { opId: 'if_2' }),
      ]),
    );
    const [block, echo, second] = operationsOf(imported);
    expect(block).toMatchObject({ if: 'node.host == "h1"' });
    expect(echo).toMatchObject({ echo: '${{ ("COLOR" in env ? env.COLOR : "$COLOR") }}' });
    expect(second).toMatchObject({ if: '("COLOR" in env ? env.COLOR : "$COLOR") == "red"' });
  });

  it('an IF-Block becomes if and else, in one another too; one with steps in else alone is turned around', () => {
    const inner = oldBlock('$NODE_PORT = 22', [oldOperation({ opId: 'b' })], { opId: 'if_2' });
    const imported = importJob(
      oldJob(
        [
          oldBlock('${mode} = "full"', [oldOperation({ output: { v: {} } }), inner], {
            else: [oldOperation({ opId: 'c' })],
          }),
          oldBlock('$mode = 1', [], { opId: 'if_3', else: [oldOperation({ opId: 'd' })] }),
          oldBlock('1 = 1', [], { opId: 'if_4' }),
          oldNative('native/echo', { arg: ['${p.a_1.v}'] }),
        ],
        { opt: { mode: 'full' } },
      ),
    );
    const [block, turned, echo] = operationsOf(imported);
    expect(block).toMatchObject({
      id: 'if_1',
      if: 'params.mode == "full"',
      operations: [
        { id: 'a_1', run: 'true\n' },
        {
          id: 'if_2',
          if: '(string(node.port).matches("^[0-9]{1,18}$") && int(string(node.port)) == 22)',
          operations: [{ id: 'b' }],
        },
      ],
      else: [{ id: 'c' }],
    });
    expect(turned).toMatchObject({ if: expect.stringMatching(/^!\(/), operations: [{ id: 'd' }] });
    expect(echo).toMatchObject({ id: 'echo_1', echo: '${{ outputs.a_1.v }}' });
    expect(noticeLines(imported)).toContainEqual(expect.stringMatching(/operations\[2\]: the block has no steps/));
  });

  it('a block runs where its steps run', () => {
    const { job } = importJob(oldJob([oldBlock('1 = 1', [oldOperation({ opType: 'runner' })])]));
    expect(job.spec.groups[0]?.phases[0]?.on).toBe('runner');
    const mixed = importError(() =>
      importJob(oldJob([oldOperation(), oldBlock('1 = 1', [oldOperation({ opId: 'b', opType: 'runner' })])])),
    );
    expect(mixed).toMatchObject({ code: 'import.invalid', message: expect.stringMatching(/mixes target and runner/) });
  });

  it('extracting becomes extract; the output has another name, and references follow', () => {
    const imported = importJob(
      oldJob([
        oldOperation({ output: { v: {} } }),
        oldNative('native/extractoutval', {
          opId: 'x',
          opt: { outputkey: '${p.a_1.v}', selector: `data['a'][0]["b"]`, selectortype: 'JsonObject' },
        }),
        oldNative('native/extractoutval', {
          opId: 'y',
          opt: { outputkey: '${p.a_1.v}', selector: 'Date:\\s*([\\d-]+)[()]', selectortype: 'RegExp' },
        }),
        oldNative('native/getvalfromjson', { opId: 'j', opt: { jsontxt: '{"a":1}', selector: "data['a']" } }),
        oldNative('native/getvalfromtxt', { opId: 't', opt: { txtval: 'abc', selector: '(?:a)(b)' } }),
        oldNative('native/echo', { arg: ['${p.x.extractTxtVal}'] }),
      ]),
    );
    const [, x, y, j, t, echo] = operationsOf(imported);
    expect(x).toMatchObject({ extract: { from: '${{ outputs.a_1.v }}', path: `$['a'][0]["b"]` } });
    expect(y).toMatchObject({ extract: { pattern: 'Date:\\s*(?:[\\d-]+)[()]' } });
    expect(j).toMatchObject({ extract: { from: '{"a":1}', path: "$['a']" } });
    expect(t).toMatchObject({ extract: { pattern: '(?:a)(?:b)' } });
    expect(echo).toMatchObject({ echo: '${{ outputs.x.result }}' });
  });

  it('failkeys become failOn of the scripts after them in the phase', () => {
    const imported = importJob({
      runFlow: [
        oldGroup([
          oldPhase('p', [
            oldOperation(),
            oldNative('native/failkeys', { opt: { operator: 'or' }, arg: ['ERROR', 'fatal.*'] }),
            oldOperation({ opId: 'b' }),
            oldBlock('1 = 1', [oldOperation({ opId: 'c' })]),
          ]),
        ]),
        oldGroup([oldPhase('q', [oldOperation({ opId: 'd' })])], { groupNo: 1 }),
      ],
    });
    const [a, b, block, d] = operationsOf(imported);
    expect([a?.failOn, b?.failOn?.patterns, block?.operations?.[0]?.failOn?.patterns, d?.failOn]).toEqual([
      undefined,
      ['ERROR', 'fatal.*'],
      ['ERROR', 'fatal.*'],
      undefined,
    ]);
  });

  it('windows and sleeping become maintenanceWindow and wait', () => {
    const imported = importJob(
      oldJob([
        oldNative('native/maintainwindow', {
          arg: [{ value: '20:00-21:00 23:00-03:00' }, 'WeekDay 7 1:00-2:00\nDate 2060-12-31 22:00-06:00'],
        }),
        oldNative('native/sleep', { opt: { seconds: '90' } }),
        oldOperation(),
      ]),
    );
    const [window, wait] = operationsOf(imported);
    expect(window?.maintenanceWindow?.windows).toEqual([
      { from: '20:00', to: '21:00' },
      { from: '23:00', to: '03:00' },
      { from: '01:00', to: '02:00', days: ['sun'] },
      { from: '22:00', to: '06:00', dates: ['2060-12-31'] },
    ]);
    expect(wait?.wait).toBe('90s');
    expect(noticeLines(imported)).toContainEqual(expect.stringMatching(/hours of maintenance windows are UTC/));
  });

  it.each([
    ['basic/aggoutput', { opt: { outputkey: '#{p.df.free}' } }, { as: 'map', by: 'host' }],
    ['basic/concatoutput', { opt: { outputkey: '#{p.df.free}', delimiter: ';' } }, { as: 'text', separator: ';' }],
    ['basic/convout2local', { arg: ['#{p.df.free}'] }, { as: 'first' }],
  ])('%s becomes aggregate', (opName, fields, how) => {
    const [, gathered] = operationsOf(gathering(oldNative(opName, { opId: 'g', opType: 'runner', ...fields })));
    expect(gathered).toMatchObject({ aggregate: { from: 'df.free', ...how } });
  });

  it('what is gathered can be used, as a list where the list is', () => {
    const tool = oldNative('basic/concatoutput', { opId: 'g', opType: 'runner', opt: { outputkey: '#{p.df.free}' } });
    const use = (name: string) => oldNative('native/echo', { arg: [`\${q.g.${name}}`] });
    const [, gathered, echo] = operationsOf(gathering(tool, [use('aggJsonData')]));
    expect([gathered?.aggregate?.as, echo?.echo]).toEqual(['list', '${{ outputs.g.result }}']);
    expect(importError(() => gathering(tool, [use('aggJsonData'), use('aggTxtData')]))).toMatchObject({
      code: 'import.unsupported',
    });
  });

  it('questions become waitInput', () => {
    const question = oldNative('interact/interact', {
      opId: 'ask',
      opType: 'runner',
      opt: { optype: 'mselect', optionsjson: ['a', 'b'], role: 'ops, dba', title: 'Pick', message: 'which?' },
    });
    const [asked, echo] = operationsOf(
      importJob(oldJob([question, oldNative('native/echo', { arg: ['${p.ask.interactOut}'] })])),
    );
    expect(asked).toMatchObject({
      waitInput: { type: 'multiSelect', options: ['a', 'b'], of: ['ops', 'dba'], message: 'Pick: which?' },
      timeout: '24h',
    });
    expect(echo).toMatchObject({ echo: '${{ outputs.ask.answer }}' });
  });

  it.each([
    ['a shell in setenv', oldNative('native/setenv', { opt: { name: 'A', value: '$(date)' } }), /setenv with \$\(…\)/],
    ['a bad name', oldNative('native/setenv', { opt: { name: 'A-B', value: 'x' } }), /setenv of "A-B"/],
    [
      'a selector of Python',
      oldNative('native/getvalfromjson', { opt: { jsontxt: '{}', selector: 'len(data)' } }),
      /the selector "len\(data\)"/,
    ],
    ['a window', oldNative('native/maintainwindow', { arg: ['Sunday 1:00-2:00'] }), /the maintenance window/],
    ['a computed sleep', oldNative('native/sleep', { opt: { seconds: '${n}' } }), /a sleep of/],
    [
      'failkeys with and',
      oldNative('native/failkeys', { opt: { operator: 'and' }, arg: ['a', 'b'] }),
      /failkeys with several/,
    ],
    [
      'failkeys with exclude',
      oldNative('native/failkeys', { opt: { exclude: 'x' }, arg: ['a'] }),
      /failkeys with exclude/,
    ],
    [
      'failkeys in a block',
      oldBlock('1 = 1', [oldNative('native/failkeys', { arg: ['a'] }), oldOperation()]),
      /failkeys inside a block/,
    ],
    [
      'gathering in a target phase',
      oldNative('basic/aggoutput', { opt: { outputkey: '#{p.z.v}' } }),
      /in a phase of target nodes/,
    ],
    ['a question on targets', oldNative('native/interact'), /for each target node/],
    ['the status of a step', oldNative('native/extractprestepstatus'), /extractprestepstatus/],
    ['an exported variable', oldNative('native/export'), /native\/export/],
  ])('are refused with their place and what to do: %s', (_, operation, message) => {
    const { code, places } = importError(() =>
      importJob(oldJob([operation, oldOperation({ opId: 'z', output: { v: {} } })])),
    );
    expect(code).toBe('import.unsupported');
    expect(places[0]).toMatchObject({
      path: expect.stringMatching(/^runFlow\[0\]\.phases\[0\]\.operations\[0\]/),
      message: expect.stringMatching(message),
      suggestion: expect.stringMatching(/\w/),
    });
  });
});
