import type { Interpreter } from '#shared/model/job.ts';

/** One line in each interpreter's own syntax: old scripts write their outputs to OUTPUT_PATH, Drover reads DROVER_OUTPUT. */
const prologues: Readonly<Record<Interpreter, string>> = {
  sh: 'OUTPUT_PATH="$DROVER_OUTPUT"; export OUTPUT_PATH',
  bash: 'export OUTPUT_PATH="$DROVER_OUTPUT"',
  python3: 'import os; os.environ["OUTPUT_PATH"] = os.environ["DROVER_OUTPUT"]',
  perl: 'BEGIN { $ENV{OUTPUT_PATH} = $ENV{DROVER_OUTPUT}; }',
  node: 'process.env.OUTPUT_PATH = process.env.DROVER_OUTPUT;',
};

const comments = String.raw`(?:[ \t]*(?:#.*)?\n)*`;
const docstring = String.raw`(?:[rRuU]?(?:"""(?:[^\\]|\\[\s\S])*?"""|'''(?:[^\\]|\\[\s\S])*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')[ \t;]*(?:#.*)?\n)?`;
const future = String.raw`(?:from[ \t]+__future__[ \t]+import[ \t]*(?:\([^)]*\)|.*)[^\n]*\n${comments})*`;

/** What must stay in front: interpreter line; Python's encoding line, docstring and future imports; JavaScript's directives. */
const heads: Readonly<Record<Interpreter, RegExp>> = {
  sh: /^(?:#!.*\n)?/,
  bash: /^(?:#!.*\n)?/,
  perl: /^(?:#!.*\n)?/,
  python3: new RegExp(`^${comments}${docstring}${comments}${future}`),
  node: /^(?:#!.*\n)?(?:[ \t]*(?:\/\/.*)?\n)*(?:["']use strict["'];?[ \t]*\n)?/,
};

/** The script with OUTPUT_PATH set to where Drover reads outputs from. `script` has line feeds as line ends. */
export const withOutputPath = (script: string, interpreter: Interpreter): string => {
  const closed = script.endsWith('\n') ? script : `${script}\n`;
  const head = heads[interpreter].exec(closed)?.[0] ?? '';
  return `${head}${prologues[interpreter]}\n${closed.slice(head.length)}`;
};
