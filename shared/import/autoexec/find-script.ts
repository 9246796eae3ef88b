import type { Interpreter } from '#shared/model/job.ts';
import { hasExtensionOf } from './interpreters.ts';

/** A script file: path relative to the folder of scripts, and content. */
export interface ScriptFile {
  readonly path: string;
  readonly content: string;
}

/** The answer to a search: one file, none, or several that fit equally well. */
export type ScriptSearch =
  | { readonly kind: 'found'; readonly file: ScriptFile }
  | { readonly kind: 'missing' }
  | { readonly kind: 'ambiguous'; readonly paths: readonly string[] };

const cleanPath = (path: string): string => path.replaceAll('\\', '/').replace(/^(?:\.?\/)+/, '');

/** Tools have a descriptor `tool.json` beside them. */
const withoutExtension = (path: string): string | undefined =>
  path.endsWith('.json') ? undefined : path.replace(/\.[^./]+$/, '');

const tiers: readonly ((path: string, key: string) => boolean)[] = [
  (path, key) => path === key,
  (path, key) => withoutExtension(path) === key,
  (path, key) => path.endsWith(`/${key}`),
  (path, key) => withoutExtension(path)?.endsWith(`/${key}`) === true,
];

const choose = (matches: readonly ScriptFile[], interpreter: Interpreter | undefined): ScriptSearch => {
  const fitting = matches.filter(({ path }) => hasExtensionOf(path, interpreter));
  const left = matches.length > 1 && fitting.length > 0 ? fitting : matches;
  const [file] = left;
  if (file === undefined) return { kind: 'missing' };
  return left.length === 1 ? { kind: 'found', file } : { kind: 'ambiguous', paths: left.map(({ path }) => path) };
};

/**
 * Finds the script of an operation by its names, the first name first: as the path itself, with any extension, and then
 * in any folder. Of several files the one with the extension of the interpreter is taken.
 */
export const findScript = (
  names: readonly string[],
  scripts: ReadonlyMap<string, string>,
  interpreter: Interpreter | undefined,
): ScriptSearch => {
  const files = [...scripts].map(([path, content]) => ({ path: cleanPath(path), content }));
  for (const name of names.map(cleanPath)) {
    for (const fits of tiers) {
      const matches = files.filter(({ path }) => fits(path, name));
      if (matches.length > 0) return choose(matches, interpreter);
    }
  }
  return { kind: 'missing' };
};
