import { describe, expect, it } from 'vitest';
import { importAutoexec } from '#shared/import/autoexec/import-autoexec.ts';
import {
  importError,
  importJob,
  noticeLines,
  oldBlock,
  oldGroup,
  oldJob,
  oldOperation,
  oldPhase,
  onlyOperation,
} from './old-job.ts';

describe('the flow', () => {
  it.each([
    ['runner', 'runner'],
    ['local', 'runner'],
    ['target', 'target'],
    ['remote', 'target'],
    ['runner_target', 'runnerPerTarget'],
    ['localremote', 'runnerPerTarget'],
  ])('runs operations of type %s on %s', (opType, on) => {
    const { job } = importJob(oldJob([oldOperation({ opType })]));
    expect(job.spec.groups[0]?.phases[0]?.on).toBe(on);
  });

  it('keeps roundCount on its three levels, and 0 where the job says nothing', () => {
    const phase = oldPhase('p', [oldOperation()], { roundCount: '4' });
    const { job } = importJob({ runFlow: [oldGroup([phase], { roundCount: 3 })] });
    expect(job.spec.roundCount).toBe(0);
    expect(job.spec.groups[0]).toMatchObject({ strategy: 'oneShot', roundCount: 3, maxFailures: 0 });
    expect(job.spec.groups[0]?.phases[0]?.roundCount).toBe(4);
    expect(importJob({ ...oldJob([oldOperation()]), roundCount: 2 }).job.spec.roundCount).toBe(2);
  });

  it('drops the roundCount of a phase in a grayScale group, with a notice', () => {
    const phase = oldPhase('p', [oldOperation()], { roundCount: 4 });
    const imported = importJob({ runFlow: [oldGroup([phase], { execStrategy: 'grayScale', roundCount: 2 })] });
    expect(imported.job.spec.groups[0]).toMatchObject({ strategy: 'grayScale', roundCount: 2 });
    expect(imported.job.spec.groups[0]?.phases[0]?.roundCount).toBeUndefined();
    expect(noticeLines(imported)).toContainEqual(
      expect.stringMatching(/phases\[0\].roundCount: roundCount had no effect/),
    );
  });

  it.each([
    [undefined, 'first'],
    ['first', 'first'],
    ['middle', 'middle'],
    ['last', 'last'],
  ])('runs a runner phase with execRound %s in round %s', (execRound, round) => {
    const phase = oldPhase('p', [oldOperation({ opType: 'local' })], execRound === undefined ? {} : { execRound });
    const { job } = importJob({ runFlow: [oldGroup([phase], { execStrategy: 'grayScale' })] });
    expect(job.spec.groups[0]?.phases[0]?.round).toBe(round);
  });

  it.each([
    ['a target phase', { execStrategy: 'grayScale' }, 'target'],
    ['a oneShot group', {}, 'local'],
  ])('drops execRound in %s, with a notice', (_where, group, opType) => {
    const imported = importJob({
      runFlow: [oldGroup([oldPhase('p', [oldOperation({ opType })], { execRound: 'last' })], group)],
    });
    expect(imported.job.spec.groups[0]?.phases[0]?.round).toBeUndefined();
    expect(noticeLines(imported)).toContainEqual(expect.stringMatching(/execRound had no effect/));
  });

  it('lets the operations decide where a phase runs, whatever phaseType says', () => {
    const phase = oldPhase('p', [oldOperation({ opType: 'local' })], { phaseType: 'target' });
    const imported = importJob({ runFlow: [oldGroup([phase])] });
    expect(imported.job.spec.groups[0]?.phases[0]?.on).toBe('runner');
    expect(noticeLines(imported)).toContainEqual(expect.stringMatching(/phaseType target had no effect/));
  });

  it('names groups by their number, and phases and the job as they were', () => {
    const { job } = importJob({
      name: '商城 发布',
      runFlow: [oldGroup([oldPhase('Überprüfung #1', [oldOperation()])], { groupNo: 7 })],
    });
    expect(job.metadata.name).toBe('商城 发布');
    expect(job.spec.groups[0]?.name).toBe('group-7');
    expect(job.spec.groups[0]?.phases[0]?.name).toBe('Überprüfung -1');
  });

  it('takes the jobId as the name, else "imported"', () => {
    expect(importJob(oldJob([oldOperation()], { jobId: 620418846834690 })).job.metadata.name).toBe('620418846834690');
    expect(importJob(oldJob([oldOperation()])).job.metadata.name).toBe('imported');
  });

  it('leaves empty phases and groups out, with a notice', () => {
    const imported = importJob({
      runFlow: [oldGroup([]), oldGroup([oldPhase('p', [oldOperation()]), oldPhase('q', [])], { groupNo: 1 })],
    });
    expect(imported.job.spec.groups.map(({ phases }) => phases.length)).toEqual([1]);
    expect(noticeLines(imported).join('\n')).toMatch(
      /group-0 has no phases.*\n.*phase q has no operations|phase q has no operations.*\n.*group-0/s,
    );
  });
});

describe('operations', () => {
  it.each([
    ['1', true],
    [1, true],
    [true, true],
    ['true', true],
    [0, false],
    ['0', false],
    [false, false],
    ['', false],
    [null, false],
  ])('reads failIgnore %j as %s', (failIgnore, expected) => {
    expect(onlyOperation(importJob(oldJob([oldOperation({ failIgnore })]))).failIgnore).toBe(expected);
  });

  it.each([
    ['sh', 'sh'],
    ['bash', 'bash'],
    ['python', 'python3'],
    ['python3', 'python3'],
    ['perl', 'perl'],
    ['node', 'node'],
    ['javascript', 'node'],
  ])('runs scripts of %s by %s', (interpreter, expected) => {
    expect(onlyOperation(importJob(oldJob([oldOperation({ interpreter })]))).interpreter).toBe(expected);
  });

  it.each(['ksh', 'csh', 'ruby', 'vbscript', 'package'])('refuses the interpreter %s', (interpreter) => {
    const { code, places } = importError(() => importJob(oldJob([oldOperation({ interpreter })])));
    expect(code).toBe('import.unsupported');
    expect(places[0]).toMatchObject({
      path: 'runFlow[0].phases[0].operations[0].interpreter',
      suggestion: expect.any(String),
    });
  });

  it.each([
    ['#!/usr/bin/env python3.11\n', 'python3'],
    ['#!/usr/bin/perl -w\n', 'perl'],
    ['#! /bin/bash\n', 'bash'],
    ['echo\n', 'sh'],
  ])('guesses the interpreter of %j as %s', (scriptContent, expected) => {
    expect(onlyOperation(importJob(oldJob([oldOperation({ interpreter: null, scriptContent })]))).interpreter).toBe(
      expected,
    );
  });

  it('keeps the long timeout of the old engine, and tells where there was none', () => {
    expect(onlyOperation(importJob(oldJob([oldOperation()]))).timeout).toBe('24h');
    const onRunner = importJob(oldJob([oldOperation({ opType: 'runner' })]));
    expect(onlyOperation(onRunner).timeout).toBe('24h');
    expect(noticeLines(onRunner)).toContainEqual(expect.stringMatching(/had no time limit/));
  });

  it('turns options and arguments into data of the old command-line form', () => {
    const opt = {
      name: 'a b',
      n: 1,
      x: 'x$(id)y',
      empty: '',
      none: null,
      off: false,
      zero: 0,
      list: ['é', 1],
      map: { a: 1.5 },
      text: 'l1\r\nl2\nl3',
      plain: 'p1\np2',
    };
    const desc = { text: 'textarea', list: 'json', plain: 'text', empty: 'password' };
    const arg = [
      { type: 'text', value: 'free' },
      { type: 'text', value: '' },
      'bare',
      { type: 'json', value: { k: [] } },
      {},
    ];
    const { args } = onlyOperation(importJob(oldJob([oldOperation({ opt, desc, arg })])));
    expect(args).toEqual([
      ...['--name', 'a b', '-n', '1', '-x', 'x$(id)y', '--off', 'false', '--zero', '0'],
      ...['--list', '["é", 1]', '--map', '{"a": 1.5}', '--text', 'l1\\nl2\\nl3', '--plain', 'p1\np2'],
      ...['free', '', 'bare', '{"k": []}'],
    ]);
  });

  it.each([
    ['88', undefined, '88', 'sh'],
    ['88', undefined, '88.sh', 'sh'],
    ['88', 'tool', 'other/88.py', 'python3'],
    [undefined, 'tool', 'tool', 'sh'],
    [undefined, 'tool', 'tool.pl', 'perl'],
    [undefined, 'bundle/tool', 'bundle/tool', 'sh'],
    [undefined, 'tool', 'bundle/tool', 'sh'],
    [undefined, 'bundle/tool', './bundle/tool.py', 'python3'],
    [undefined, '环境检查', 'dir/环境检查.sh', 'sh'],
  ])('finds the script of id %s or name %s in %s', (scriptId, opName, path, interpreter) => {
    const operation = oldOperation({
      scriptContent: null,
      interpreter: null,
      scriptId: scriptId ?? null,
      opName: opName ?? null,
    });
    const scripts = new Map([
      ['unrelated.sh', 'no'],
      ['bundle/tool.json', '{}'],
      [path, 'echo found\n'],
    ]);
    expect(onlyOperation(importJob(oldJob([operation]), { scripts }))).toMatchObject({
      run: 'echo found\n',
      interpreter,
    });
  });

  it('chooses between two files of one name by the interpreter, and refuses to guess', () => {
    const scripts = new Map([
      ['tool.sh', 'echo sh\n'],
      ['tool.py', 'print()\n'],
    ]);
    const operation = oldOperation({ scriptContent: null, opName: 'tool', interpreter: 'python' });
    expect(onlyOperation(importJob(oldJob([operation]), { scripts })).run).toBe('print()\n');
    const { places } = importError(() => importJob(oldJob([{ ...operation, interpreter: null }]), { scripts }));
    expect(places[0]?.message).toMatch(/could be tool.sh, tool.py/);
  });

  it('sets what the script mentions of the old environment', () => {
    const scriptContent =
      'echo $NODE_HOST:$NODE_PORT ${NODE_NAME} $AUTOEXEC_JOBID $AUTOEXEC_PHASE_NAME $MY_NODE_HOSTS $AUTOEXEC_NODE >$OUTPUT_PATH\n';
    const imported = importJob(oldJob([oldOperation({ scriptContent })]));
    expect(onlyOperation(imported).env).toEqual({
      NODE_HOST: '${{ node.host }}',
      NODE_PORT: '${{ node.port }}',
      NODE_NAME: '${{ node.name }}',
      AUTOEXEC_JOBID: '${{ run.id }}',
      AUTOEXEC_PHASE_NAME: 'p',
      OUTPUT_PATH: '/dev/null',
    });
    expect(noticeLines(imported)).toContainEqual(expect.stringMatching(/mentions AUTOEXEC_NODE, which is not set/));
  });

  it('sets OUTPUT_PATH in scripts that declare outputs', () => {
    const scriptContent = '#!/bin/sh\r\necho "{}" >"$OUTPUT_PATH"\r\n';
    const imported = importJob(
      oldJob([oldOperation({ scriptContent, output: { v: { type: 'text', defaultValue: 1 } } })]),
    );
    expect(onlyOperation(imported)).toMatchObject({
      run: '#!/bin/sh\nOUTPUT_PATH="$DROVER_OUTPUT"; export OUTPUT_PATH\necho "{}" >"$OUTPUT_PATH"\n',
      env: {},
      outputs: { v: { default: '1' } },
    });
    expect(noticeLines(imported)).toContainEqual(expect.stringMatching(/JSON lines/));
    expect(noticeLines(imported)).toContainEqual(expect.stringMatching(/Windows line ends/));
  });
});

describe('params', () => {
  it('become declared params, values, and the environment of every operation', () => {
    const opt = { version: '1.2', count: 3, list: ['a', 1], 'my-param': 'x' };
    const imported = importJob(
      oldJob([oldOperation({ arg: [{ value: '${my-param} ${app}' }] })], {
        opt,
        globalOpt: { version: '0', app: 'shop' },
        environment: { STAGE: 'a${{b', count: 9, 'no-name': 1 },
      }),
    );
    expect(imported.params).toEqual({ version: '1.2', count: '3', list: '["a", 1]', my_param: 'x', app: 'shop' });
    expect(imported.job.spec.params['version']).toMatchObject({ type: 'string', default: '1.2' });
    expect(imported.job.spec.env).toEqual({
      version: '${{ params.version }}',
      list: '${{ params.list }}',
      count: '9',
      STAGE: 'a$${{b',
    });
    expect(onlyOperation(imported).args).toEqual(['${{ params.my_param }} ${{ params.app }}']);
    expect(noticeLines(imported)).toContainEqual(expect.stringMatching(/^opt.my-param: is the param my_param now/));
    expect(noticeLines(imported)).toContainEqual(expect.stringMatching(/^environment.no-name: is not carried over/));
  });

  it('are resolved among each other in the order of their keys', () => {
    const opt = { a: '1${b}', b: '2${a}', c: '${g}', d: '${nope}' };
    const imported = importJob(oldJob([oldOperation()], { opt, globalOpt: { g: 'G' } }));
    expect(imported.params).toEqual({ a: '12${a}', b: '212${a}', c: 'G', d: '${nope}', g: 'G' });
  });

  it('hand the pass-through environment over as context', () => {
    const imported = importJob(oldJob([oldOperation()], { passThroughEnv: { runnerId: 1, tenant: 'x' } }));
    expect(imported.context).toEqual({ runnerId: 1, tenant: 'x' });
  });
});

describe('notices', () => {
  it('name every key that is not carried over, once for each kind', () => {
    const operations = ['a', 'b', 'c'].map((opId) => oldOperation({ opId, help: 'memo', colour: 'red' }));
    const lines = noticeLines(importJob({ ...oldJob(operations), tenant: 't', strange: 1 }));
    expect(lines).toContainEqual(expect.stringMatching(/^tenant: tenant is not carried over/));
    expect(lines).toContainEqual(
      expect.stringMatching(/^strange: strange is not carried over: Drover does not know it$/),
    );
    expect(lines).toContainEqual(
      expect.stringMatching(/^runFlow\[0\].phases\[0\].operations\[0\].colour: .* \(3 times, first here\)$/),
    );
    expect(lines.filter((line) => line.includes('help'))).toHaveLength(1);
  });

  it('say that a login shell is gone', () => {
    expect(noticeLines(importJob(oldJob([oldOperation()])))).toContainEqual(expect.stringMatching(/login shell/));
  });

  it('are few for a plain job', () => {
    const lines = noticeLines(importJob(oldJob([oldOperation({ interpreter: 'perl' })])));
    expect(lines).toEqual([expect.stringMatching(/^spec.targets: no nodes file was given/)]);
  });
});

describe('what cannot be carried over', () => {
  it.each([
    ['a password', oldOperation({ opt: { pw: '{RC4}aabb' }, desc: { pw: 'password' } }), /option pw of type password/],
    ['an account', oldOperation({ opt: { acc: 'u/1/ssh' }, desc: { acc: 'account' } }), /option acc of type account/],
    ['a file', oldOperation({ opt: { f: [1, 2] }, desc: { f: 'file' } }), /option f of type file/],
    ['a file argument', oldOperation({ arg: [{ type: 'file', value: [1] }] }), /an argument of type file/],
    ['a file output', oldOperation({ output: { f: { type: 'filepath' } } }), /output f of type filepath/],
    ['an output that is no name', oldOperation({ output: { 'a-b': {} } }), /output "a-b"/],
    ['SQL files', oldOperation({ opType: 'sqlfile' }), /sqlfile/],
    ['a condition that was read wrongly', oldBlock('$A + 1 = 2', [oldOperation()]), /the condition "\$A \+ 1 = 2"/],
    ['a loop', oldOperation({ opType: 'native', opName: 'native/LOOP-Block' }), /native\/LOOP-Block/],
    ['a template in a script', oldOperation({ scriptContent: 'echo ${{ github.sha }}' }), /contains \$\{\{/],
    [
      'the old library',
      oldOperation({ interpreter: 'python', scriptContent: 'import AutoExecUtils' }),
      /AutoExecUtils/,
    ],
    [
      'an unknown first line',
      oldOperation({ interpreter: null, scriptContent: '#!/bin/ksh\n' }),
      /interpreter of its first line/,
    ],
  ])('refuses %s and says what to do instead', (_what, operation, message) => {
    const { code, places } = importError(() => importJob(oldJob([operation])));
    expect(code).toBe('import.unsupported');
    expect(places).toHaveLength(1);
    expect(places[0]).toMatchObject({
      file: 'params.json',
      path: expect.stringMatching(/^runFlow\[0\]\.phases\[0\]\.operations\[0\]/),
      message: expect.stringMatching(message),
      suggestion: expect.stringMatching(/\w/),
    });
    expect(places[0]?.line).toBeGreaterThan(5);
  });

  it('is told all at once', () => {
    const operations = [
      oldOperation({ opId: 'a', opt: { pw: 'x' }, desc: { pw: 'password' } }),
      oldOperation({ opId: 'b', opType: 'native', opName: 'native/extractprestepstatus' }),
      oldOperation({ opId: 'c', interpreter: 'ksh' }),
    ];
    const { places } = importError(() => importJob(oldJob(operations, { opt: { secret: '{ENCRYPTED}00' } })));
    expect(places).toHaveLength(4);
  });
});

describe('mistakes in the file', () => {
  const op = 'runFlow[0].phases[0].operations[0]';
  it.each([
    [
      'a mixed phase',
      oldJob([oldOperation(), oldOperation({ opId: 'b', opType: 'local' })]),
      'runFlow[0].phases[0]',
      /mixes target and runner/,
    ],
    ['an unknown opType', oldJob([oldOperation({ opType: 'martian' })]), `${op}.opType`, /"martian" is unknown/],
    ['a missing opId', oldJob([oldOperation({ opId: null })]), op, /opId is missing/],
    [
      'a missing phaseName',
      { runFlow: [oldGroup([{ operations: [oldOperation()] }])] },
      'runFlow[0].phases[0]',
      /phaseName is missing/,
    ],
    [
      'a phase name used twice',
      { runFlow: [oldGroup([oldPhase('p', [oldOperation()]), oldPhase('p', [oldOperation({ opId: 'b' })])])] },
      'runFlow[0].phases[1].phaseName',
      /already named p/,
    ],
    ['a bad roundCount', oldJob([oldOperation()], { roundCount: 'two' }), 'roundCount', /whole number/],
    [
      'a bad execRound',
      {
        runFlow: [
          oldGroup([oldPhase('p', [oldOperation({ opType: 'local' })], { execRound: 'noon' })], {
            execStrategy: 'grayScale',
          }),
        ],
      },
      'runFlow[0].phases[0].execRound',
      /first, middle or last/,
    ],
    ['a bad failIgnore', oldJob([oldOperation({ failIgnore: 'maybe' })]), `${op}.failIgnore`, /0, 1, true or false/],
    ['options that are a list', oldJob([oldOperation({ opt: [1] })]), `${op}.opt`, /must be an object/],
    [
      'operations that are an object',
      { runFlow: [oldGroup([oldPhase('p', [oldOperation()]), { phaseName: 'q', operations: {} }])] },
      'runFlow[0].phases[1].operations',
      /must be a list/,
    ],
    ['an empty script', oldJob([oldOperation({ scriptContent: ' \n' })]), op, /script is empty/],
    ['no flow', {}, 'runFlow', /no operations to run/],
    ['a script that is too long', oldJob([oldOperation({ scriptContent: 'x'.repeat(262_145) })]), op, /262144/],
    [
      '41 operations in a phase',
      oldJob(Array.from({ length: 41 }, (_, index) => oldOperation({ opId: `o${index}` }))),
      'runFlow[0].phases[0]',
      /40/,
    ],
  ])('refuses %s at its place', (_what, job, path, message) => {
    const { code, places } = importError(() => importJob(job));
    expect(code).toBe('import.invalid');
    expect(places.length).toBeGreaterThan(0);
    expect(places[0]).toMatchObject({ file: 'params.json', path, message: expect.stringMatching(message) });
  });

  it('gives line and column', () => {
    const text =
      '{"runFlow": [{"groupNo": 0, "phases": [{"phaseName": "p",\n   "operations": [\n     {"opId": "a", "opType": "x"}]}]}]}';
    const { places } = importError(() => importAutoexec({ params: { text, fileName: 'job.json' }, inventory: [] }));
    expect(places[0]).toMatchObject({ file: 'job.json', line: 3, column: 30 });
  });

  it('names each script that is missing', () => {
    const operations = [1, 2].map((number) =>
      oldOperation({ opId: `o${number}`, scriptContent: null, scriptId: 7000 + number, opName: `tool${number}` }),
    );
    const { code, places } = importError(() => importJob(oldJob(operations)));
    expect(code).toBe('import.script-missing');
    expect(places.map(({ message }) => message)).toEqual([
      'the script 7001 or tool1 is not there',
      'the script 7002 or tool2 is not there',
    ]);
  });
});
