import { basename, extname } from 'node:path';
import type { Interpreter } from '#shared/model/operation.ts';

const byProgram: Readonly<Record<string, Interpreter>> = {
  sh: 'sh',
  dash: 'sh',
  ash: 'sh',
  bash: 'bash',
  python: 'python3',
  python3: 'python3',
  perl: 'perl',
  node: 'node',
  nodejs: 'node',
};

const byEnding: Readonly<Record<string, Interpreter>> = {
  '.sh': 'sh',
  '.bash': 'bash',
  '.py': 'python3',
  '.pl': 'perl',
  '.pm': 'perl',
  '.js': 'node',
  '.cjs': 'node',
  '.mjs': 'node',
};

/** `python3.12` is python3. */
const programOf = (word: string): string => basename(word).replace(/(?<=\D|python\d)\.\d+$/, '');

/** The program that a first line names: `#!/usr/bin/env -S python3 -u`, `#!/bin/bash -e`. */
const shebangProgram = (text: string): string | undefined => {
  const line = /^#!\s*(.+)/.exec(text)?.[1];
  if (line === undefined) return undefined;
  const [program = '', ...rest] = line.trim().split(/\s+/);
  if (basename(program) !== 'env') return programOf(program);
  const named = rest.find((word) => !word.startsWith('-') && !word.includes('='));
  return named === undefined ? undefined : programOf(named);
};

/** What runs a script, as its first line says, else the ending of its file; undefined when neither tells. */
export const guessInterpreter = (text: string, fileName: string): Interpreter | undefined =>
  byProgram[shebangProgram(text) ?? ''] ?? byEnding[extname(fileName).toLowerCase()];
