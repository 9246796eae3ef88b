import type { Interpreter } from '#shared/model/job.ts';

const python = 'import os; os.environ["OUTPUT_PATH"] = os.environ["DROVER_OUTPUT"]';
const powershell = '$env:OUTPUT_PATH = $env:DROVER_OUTPUT';

/** One line in each interpreter's own syntax: old scripts write their outputs to OUTPUT_PATH, Drover reads DROVER_OUTPUT. */
const prologues: Readonly<Record<Interpreter, string>> = {
  sh: 'OUTPUT_PATH="$DROVER_OUTPUT"; export OUTPUT_PATH',
  bash: 'export OUTPUT_PATH="$DROVER_OUTPUT"',
  python3: python,
  viri: python,
  perl: 'BEGIN { $ENV{OUTPUT_PATH} = $ENV{DROVER_OUTPUT}; }',
  node: 'process.env.OUTPUT_PATH = process.env.DROVER_OUTPUT;',
  pwsh: powershell,
  powershell,
  bat: '@set "OUTPUT_PATH=%DROVER_OUTPUT%"',
};

const comments = String.raw`(?:[ \t]*(?:#.*)?\n)*`;
const docstring = String.raw`(?:[rRuU]?(?:"""(?:[^\\]|\\[\s\S])*?"""|'''(?:[^\\]|\\[\s\S])*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')[ \t;]*(?:#.*)?\n)?`;
const future = String.raw`(?:from[ \t]+__future__[ \t]+import[ \t]*(?:\([^)]*\)|.*)[^\n]*\n${comments})*`;

const pythonHead = new RegExp(`^${comments}${docstring}${comments}${future}`);

/** PowerShell's `using` lines, and a block of parameters with its attributes; parentheses nest up to three deep in it. */
const blank = String.raw`(?:[ \t]*(?:#.*)?\n|<#[\s\S]*?#>|[ \t])*`;
const parentheses = String.raw`\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)`;
const powershellHead = new RegExp(
  String.raw`^(?:${blank}using[ \t].*\n)*(?:${blank}(?:\[[A-Za-z]+${parentheses}\]${blank})*param${blank}${parentheses}[ \t]*;?\n?)?`,
  'i',
);

/**
 * What must stay in front: interpreter line; Python's encoding line, docstring and future imports; JavaScript's directives; PowerShell's
 * parameters.
 */
const heads: Readonly<Record<Interpreter, RegExp>> = {
  sh: /^(?:#!.*\n)?/,
  bash: /^(?:#!.*\n)?/,
  perl: /^(?:#!.*\n)?/,
  python3: pythonHead,
  viri: pythonHead,
  node: /^(?:#!.*\n)?(?:[ \t]*(?:\/\/.*)?\n)*(?:["']use strict["'];?[ \t]*\n)?/,
  pwsh: powershellHead,
  powershell: powershellHead,
  bat: /^/,
};

/** The script with OUTPUT_PATH set to where Drover reads outputs from. `script` has line feeds as line ends. */
export const withOutputPath = (script: string, interpreter: Interpreter): string => {
  const closed = script.endsWith('\n') ? script : `${script}\n`;
  const head = heads[interpreter].exec(closed)?.[0] ?? '';
  return `${head}${prologues[interpreter]}\n${closed.slice(head.length)}`;
};
