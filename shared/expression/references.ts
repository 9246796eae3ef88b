import type { Access } from './accesses.ts';
import { celEnvironment, scopeRoots } from './cel-environment.ts';
import { truthfulNode } from './scope.ts';

/** What an expression refers to. `offset` is where, in characters from 0 of the text that was parsed. */
export type Reference =
  | { readonly kind: 'param'; readonly name: string; readonly offset: number }
  /** `path` is dotted: `host`, `tags.app`; empty for the whole node. */
  | { readonly kind: 'node'; readonly path: string; readonly offset: number }
  | { readonly kind: 'output'; readonly operationId: string; readonly name: string; readonly offset: number }
  | { readonly kind: 'run'; readonly name: string; readonly offset: number }
  | { readonly kind: 'env'; readonly name: string; readonly offset: number }
  | { readonly kind: 'each'; readonly name: string; readonly offset: number }
  /** A root used as a whole, or with a name that is known only at evaluation (`params[x]`, `outputs.df`). */
  | { readonly kind: 'whole'; readonly root: 'params' | 'outputs' | 'env' | 'each'; readonly offset: number }
  /** A name that no expression knows. */
  | { readonly kind: 'unknown'; readonly name: string; readonly offset: number };

const isScopeRoot = (name: string): name is (typeof scopeRoots)[number] => scopeRoots.some((root) => root === name);

/** The reference that a use of a name makes; undefined for the type names of CEL (`string`, `int` …) and the `cel` namespace. */
export const referenceOf = ({ root, names, offset }: Access): Reference | undefined => {
  const [first, second] = names;
  if (!isScopeRoot(root)) {
    const isBuiltIn = root !== truthfulNode && celEnvironment.hasVariable(root);
    return isBuiltIn ? undefined : { kind: 'unknown', name: root, offset };
  }
  switch (root) {
    case 'params':
      return first === undefined ? { kind: 'whole', root, offset } : { kind: 'param', name: first, offset };
    case 'outputs':
      return first === undefined || second === undefined
        ? { kind: 'whole', root, offset }
        : { kind: 'output', operationId: first, name: second, offset };
    case 'env':
    case 'each':
      return first === undefined ? { kind: 'whole', root, offset } : { kind: root, name: first, offset };
    case 'node':
      return { kind: 'node', path: names.join('.'), offset };
    case 'run':
      return { kind: 'run', name: first ?? '', offset };
  }
};

/** A reference to an output of an operation. */
export type OutputReference = Extract<Reference, { readonly kind: 'output' }>;

/** The outputs that a condition or template refers to. */
export const outputReferences = (parsed: { readonly references: readonly Reference[] }): readonly OutputReference[] =>
  parsed.references.filter((reference) => reference.kind === 'output');
