import { chmodSync, existsSync, readdirSync, statSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { viriScript } from '#shared/script/viri.ts';
import { OnNode, shells, type wrapperInput } from './on-node.ts';

const run = async (node: OnNode, script: string, more: Partial<ReturnType<typeof wrapperInput>> = {}) =>
  node.finish({ interpreter: 'viri', script, ...more });

const returning = (expression: string): string => `class A:\n  def run(self):\n    return ${expression}\n`;

describe.each(shells.map((shell) => ({ shell, title: shell.join(' ') })))('viri under $title', ({ shell }) => {
  it('runs the class and has what run() returns as output result', async () => {
    using node = new OnNode(shell);
    const script = `
from viri import ViriScript
class Check(ViriScript):
    """Says what it was given."""
    def run(self):
        print('hello', self.args, self.env['WHO'])
        self.log.warning('careful')
        self.output('size', {'free': 2**60, 'rate': 1.0})
        return 'done\\n'
`;
    expect(await run(node, script, { args: ["a 'b", '{{c}}'], env: { WHO: 'x$(id)' } })).toMatchObject({
      exitCode: 0,
      stdout: `hello ["a 'b", '{{c}}'] x$(id)\n`,
      stderr: 'WARNING careful\n',
      outputs: { result: 'done\n', size: '{"free": 1152921504606846976, "rate": 1.0}' },
      outputsError: null,
    });
  });

  it('reports an exception with its traceback, of the script alone, and fails', async () => {
    using node = new OnNode(shell);
    const script = `class A:
  def run(self):
    try:
      int('x')
    except ValueError as why:
      raise RuntimeError('no number') from why
`;
    const ended = await run(node, script);
    expect(ended).toMatchObject({ exitCode: 1, outputs: {} });
    expect(ended.stderr).toContain('File "script.py", line 4, in run\n');
    expect(ended.stderr).toContain("int('x')");
    expect(ended.stderr).toMatch(/\nRuntimeError: no number\n$/);
    expect(ended.stderr).not.toContain('.py", line 1,');
  });
});

describe('viri', () => {
  it.each([
    ["'text'", 'text'],
    ["''", ''],
    ['None', 'null'],
    ['True', 'true'],
    ['3', '3'],
    ["[1, 'é', None]", '[1, "é", null]'],
    ["float('nan')", 'nan'],
    ['{(1, 2)}', '{(1, 2)}'],
    ["b'x'", "b'x'"],
    ["'half \\ud800'", 'half ?'],
  ])('turns %s into the text %j', async (expression, expected) => {
    using node = new OnNode();
    expect((await run(node, returning(expression))).outputs).toEqual({ result: expected });
  });

  it('gives a class of its own the base class too, also before it is made', async () => {
    using node = new OnNode();
    const script = `class ViriScript(object):
  def __init__(self):
    self.first = self.args[0]
  def run(self):
    return self.first + type(self).__name__
`;
    expect((await run(node, script, { args: ['a'] })).outputs).toEqual({ result: 'aViriScript' });
  });

  it('runs the class that others are only the base of', async () => {
    using node = new OnNode();
    const script = `from collections import OrderedDict
class Base(ViriScript):
  def run(self): return self.name()
class Helper: pass
class Real(Base):
  def name(self): return 'real'
Alias = Real
`;
    expect((await run(node, script)).outputs).toEqual({ result: 'real' });
  });

  it('says which classes there are when it cannot choose, and when there is none', async () => {
    using node = new OnNode();
    const several = `class A:\n  def run(self): pass\nclass B:\n  def run(self): pass\n`;
    expect(await run(node, several)).toMatchObject({
      exitCode: 1,
      stderr: 'viri: the script defines several classes with a method run(): A, B; only one is run\n',
    });
    expect(await run(node, 'def run():\n  pass\n', { fence: '2' })).toMatchObject({
      exitCode: 1,
      stderr: 'viri: the script defines no class with a method run()\n',
    });
  });

  it('shows where the script is no Python', async () => {
    using node = new OnNode();
    const ended = await run(node, 'class A:\n  def run(self)\n    pass\n');
    expect(ended.exitCode).toBe(1);
    expect(ended.stderr).toMatch(/File "script.py", line 2/);
    expect(ended.stderr).toContain('SyntaxError');
  });

  it('ends with the code that the script exits with', async () => {
    using node = new OnNode();
    expect(await run(node, 'import sys\nclass A:\n  def run(self): sys.exit(3)\n')).toMatchObject({
      exitCode: 3,
      outputs: {},
    });
  });

  it('refuses a result that no output can hold, before the agent would', async () => {
    using node = new OnNode();
    const ended = await run(node, returning("'x' * 2990"));
    expect(ended).toMatchObject({ exitCode: 1, outputs: {}, outputsError: null });
    expect(ended.stderr).toMatch(/^viri: the outputs make 30\d\d bytes with 'result', and an operation has 3000/);
    const much = await run(node, returning("'x' * 2900"), { fence: '2' });
    expect(much.outputs['result']).toHaveLength(2900);
  });

  it('has a folder for data that stays, closed to others', async () => {
    using node = new OnNode();
    const script = `import os
class A:
  def run(self):
    path = os.path.join(self.data_dir, 'count')
    count = int(open(path).read()) + 1 if os.path.exists(path) else 1
    open(path, 'w').write(str(count))
    return count
`;
    expect((await run(node, script)).outputs).toEqual({ result: '1' });
    expect((await run(node, script, { fence: '2' })).outputs).toEqual({ result: '2' });
    expect(readdirSync(`${node.stateDir}/data`)).toEqual(['count']);
    expect(statSync(`${node.stateDir}/data`).mode & 0o777).toBe(0o700);
  });

  it.skipIf(process.getuid?.() !== 0 || !existsSync('/usr/bin/python3'))(
    'says so when a user without a home has no place for data',
    async () => {
      using node = new OnNode(shells[0]);
      chmodSync(node.folder, 0o777);
      const more = { runAs: 'nobody', env: { DROVER_STATE_DIR: '/proc/none', PATH: '/usr/bin:/bin' } };
      const ended = await run(node, returning('self.data_dir'), more);
      expect(ended.exitCode).toBe(1);
      expect(ended.stderr).toContain('OSError: there is no data_dir: neither /proc/none/data nor ');
    },
  );

  it('lets the script be what Python modules are', async () => {
    using node = new OnNode();
    const script = `#!/usr/bin/env python3
# -*- coding: utf-8 -*-
"""About."""
from __future__ import annotations
from dataclasses import dataclass, asdict
import pickle
@dataclass
class Point:
  x: int = 1
class A:
  def run(self):
    return [__doc__, __name__, asdict(pickle.loads(pickle.dumps(Point(2))))]
if __name__ == '__main__':
  raise SystemExit(9)
`;
    expect((await run(node, script)).outputs).toEqual({ result: '["About.", "viri_script", {"x": 2}]' });
  });

  it('hands every script to Python unchanged, and never with double braces', async () => {
    using node = new OnNode();
    const piece = fc.constantFrom(
      '{{',
      '{',
      '\\',
      '\\{{',
      '"',
      "'",
      '\n',
      '\r',
      '\u2028',
      '\u{1F600}',
      '\u0001',
      '$',
      '@SOURCE@',
      '@LIMIT@',
    );
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
        round += 1;
        const text = pieces.join('');
        expect(viriScript(text, 3000)).not.toContain('{{');
        const line =
          viriScript(text, 3000)
            .split('\n')
            .find((one) => one.startsWith('SOURCE=')) ?? '';
        const script = `import sys\n${line}\nsys.stdout.buffer.write(SOURCE.encode())`;
        expect((await node.finish({ fence: `${round}`, interpreter: 'python3', script })).stdout).toBe(text);
      }),
      { numRuns: 25 },
    );
  });
});
