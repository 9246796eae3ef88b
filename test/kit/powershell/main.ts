/**
 * Runs a PowerShell script that keeps to the part of the language that the wrapper keeps to: a stand-in for `powershell.exe -File script`, for
 * machines that have none. It knows nothing that the wrapper does not use, and stops with exit code 99 when it meets it. Arguments: the
 * script, or its syntax tree as JSON; the folder where Windows has its programs.
 */
import { readFileSync } from 'node:fs';
import { createWorld } from './dotnet.ts';
import { Interpreter } from './interpreter.ts';
import type { Tree } from './tree.ts';

const [file = '', psHome = ''] = process.argv.slice(2);

const readTree = async (): Promise<Tree> => {
  const text = readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  if (file.endsWith('.json')) return JSON.parse(text);
  const { parsePowerShell } = await import('./parse.ts');
  const { tree, problems } = await parsePowerShell(text);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return tree;
};

try {
  const interpreter = new Interpreter(createWorld(process.env, psHome));
  const code = await interpreter.run(await readTree(), (value) => {
    throw new Error(`The script lets a value out: ${JSON.stringify(value)}`);
  });
  process.exit(code);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exit(99);
}
