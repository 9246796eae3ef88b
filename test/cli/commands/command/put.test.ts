import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AppError } from '#shared/errors/app-error.ts';
import { makeCommandView } from '#test/functions/api/hand-made-services.ts';
import { cli, makeFolder } from '../../test-host.ts';

const yaml = `apiVersion: drover/v1
kind: Command
metadata: {name: ops/restart}
spec:
  interpreter: bash
  libraries: [lib/log]
  run: |
    echo hi
`;

const put = (asked: readonly (readonly [string, ...unknown[]])[]) =>
  asked.filter(([name]) => name === 'putCommand').map(([, ...args]) => args);

describe('drover command put', () => {
  test('puts command files in the order given, without what is only a default', async () => {
    const folder = await makeFolder({
      'a.yaml': yaml,
      'b.json': JSON.stringify({
        apiVersion: 'drover/v1',
        kind: 'Command',
        metadata: { name: 'b' },
        spec: { run: 'x', timeout: '1h' },
      }),
    });
    const { exitCode, stdout, asked } = await cli([
      ...['command', 'put', join(folder, 'a.yaml'), join(folder, 'b.json')],
      ...['--comment', 'why', '--new'],
    ]);
    expect(exitCode).toBe(0);
    expect(stdout).toBe(`COMMAND      VERSION       WHAT
ops/restart  cccccccccccc  put
ops/restart  cccccccccccc  put
`);
    const writer = { actor: 'ada', ifNoneMatch: '*' };
    const command = {
      ...{ apiVersion: 'drover/v1', kind: 'Command', metadata: { name: 'ops/restart' } },
      spec: { run: 'echo hi\n', interpreter: 'bash', libraries: ['lib/log'] },
    };
    expect(put(asked)).toEqual([
      ['ops/restart', { command, comment: 'why' }, writer],
      ['b', { command: { ...command, metadata: { name: 'b' }, spec: { run: 'x' } }, comment: 'why' }, writer],
    ]);
  });

  test.each([
    ['#!/usr/bin/env python3\nprint(1)\n', 'x', 'python3'],
    ['#!/usr/bin/env -S python3.12 -u\n', 'x', 'python3'],
    ['#!/bin/bash -e\n', 'x.py', 'bash'],
    ['#! /usr/bin/perl -w\n', 'x', 'perl'],
    ['#!/bin/dash\n', 'x', 'sh'],
    ['echo hi\n', 'x.sh', 'sh'],
    ['print(1)\n', 'x.PY', 'python3'],
    ['1;\n', 'Net.pm', 'perl'],
    ['x\n', 'x.mjs', 'node'],
  ])('takes a bare script, and knows what runs it: %j in %s', async (text, fileName, interpreter) => {
    const folder = await makeFolder({ [fileName]: text });
    const { exitCode, asked } = await cli(['command', 'put', join(folder, fileName), '--name', 'tools/x']);
    expect(exitCode).toBe(0);
    const spec = { run: text, ...(interpreter === 'sh' ? {} : { interpreter }) };
    expect(put(asked)[0]?.slice(0, 2)).toEqual(['tools/x', { command: expect.objectContaining({ spec }) }]);
  });

  test('takes a script from standard input, with what the flags say', async () => {
    const { exitCode, asked } = await cli(
      [
        'command',
        'put',
        '-',
        '--name',
        'lib/net',
        '--interpreter',
        'bash',
        '--type',
        'library',
        '--description',
        'Net',
      ],
      { stdin: 'port() { :; }\n' },
    );
    expect(exitCode).toBe(0);
    expect(put(asked)[0]?.[1]).toMatchObject({
      command: {
        metadata: { name: 'lib/net', description: 'Net' },
        spec: { type: 'library', interpreter: 'bash', run: 'port() { :; }\n' },
      },
    });
  });

  test('takes a command file from standard input', async () => {
    const { exitCode, asked } = await cli(['command', 'put', '-', '--if-match', '3'], { stdin: yaml });
    expect(exitCode).toBe(0);
    expect(put(asked)[0]?.[2]).toEqual({ actor: 'ada', ifMatch: '"3"' });
  });

  test.each([
    ['a script without a name', ['x'], /x is a bare script: say the name/],
    ['a script that nothing tells the interpreter of', ['x', '--name', 'a'], /It is not clear what runs .*x/],
    ['a name that cannot be one', ['x.sh', '--name', '../a'], /--name '\.\.\/a' is not a command name/],
    ['a name for a command file', ['a.yaml', '--name', 'b'], /--name is for bare scripts; .*a\.yaml is a command file/],
    ['an empty script', ['empty.sh', '--name', 'a'], /empty\.sh is empty/],
    ['one name for two files', ['x.sh', 'a.yaml', '--name', 'a'], /--name and --if-match are for one file/],
    ['a file that is not there', ['none.yaml'], /Cannot read .*none\.yaml/],
    ['an expression in a script', ['expression.sh', '--name', 'a'], /'\$\{\{' is not replaced here/],
  ])('refuses %s, and asks nothing of the server', async (_, [file = '', ...rest], message) => {
    const folder = await makeFolder({
      x: 'echo',
      'x.sh': 'echo',
      'a.yaml': yaml,
      'empty.sh': '',
      'expression.sh': 'echo ${{ x }}',
    });
    const argv = rest.map((word) => (word.endsWith('.yaml') ? join(folder, word) : word));
    const { exitCode, stderr, asked } = await cli(['command', 'put', join(folder, file), ...argv]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
    expect(asked).toEqual([]);
  });

  test('tells what the server finds wrong with the place in the file', async () => {
    const folder = await makeFolder({ 'a.yaml': yaml });
    const places = [{ path: '/spec/libraries/0', message: "There is no command 'lib/log'", suggestion: 'Put it.' }];
    const { exitCode, stderr } = await cli(['command', 'put', join(folder, 'a.yaml')], {
      services: {
        putCommand: async () => {
          throw new AppError('command.invalid', "The command: There is no command 'lib/log'", { places });
        },
      },
    });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`error ${join(folder, 'a.yaml')}: There is no command 'lib/log'\n`);
    expect(stderr).toMatch(/a\.yaml:6:15 There is no command 'lib\/log' \(Put it\.\)/);
  });

  test('has exit code 6 when a condition does not hold', async () => {
    const folder = await makeFolder({ 'a.yaml': yaml });
    const { exitCode, stderr } = await cli(['command', 'put', join(folder, 'a.yaml'), '--new'], {
      services: {
        putCommand: async () => {
          throw new AppError('precondition.failed', 'Command \'ops/restart\' is at "1"');
        },
      },
    });
    expect([exitCode, stderr]).toEqual([6, 'error Command \'ops/restart\' is at "1"\n']);
  });

  test('prints JSON', async () => {
    const { stdout } = await cli(['command', 'put', '-', '-o', 'json'], { stdin: yaml });
    expect(JSON.parse(stdout)).toEqual({ items: [{ ...makeCommandView(), created: true }] });
  });
});
