import type { Interpreter } from '../model/operation.ts';

/** Variables with the folders that languages look through for what is loaded by name; shells have none. */
export const searchPaths: Readonly<Partial<Record<Interpreter, string>>> = {
  python3: 'PYTHONPATH',
  viri: 'PYTHONPATH',
  perl: 'PERL5LIB',
  node: 'NODE_PATH',
};

/** Seconds that a wrapper may take to fetch secrets before its script, and to mask what that printed after it. */
export const secretSeconds = 180;

/** Seconds that a node may take to fetch all files of an operation. */
export const fileSeconds = 300;
