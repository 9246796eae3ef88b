/**
 * Runs a PowerShell script that keeps to the part of the language that the wrapper keeps to: a stand-in for `powershell.exe -File script`, for
 * machines that have none. It knows nothing that the wrapper does not use, and stops with exit code 99 when it meets it.
 */
import { readFileSync } from 'node:fs';
import { createWorld } from './dotnet.ts';
import { Interpreter } from './interpreter.ts';
import { parsePowerShell, syntaxProblems } from './parse.ts';

const [file = '', psHome = ''] = process.argv.slice(2);
const root = await parsePowerShell(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
const problems = syntaxProblems(root);
try {
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const interpreter = new Interpreter(createWorld(process.env, psHome));
  const code = await interpreter.run(root, (value) => {
    throw new Error(`The script lets a value out: ${JSON.stringify(value)}`);
  });
  process.exit(code);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exit(99);
}
