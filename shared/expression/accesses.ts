import type { ASTNode } from '@marcbachmann/cel-js';

/** One use of a name that is not bound by a macro, with the names read from it: `outputs.df["free"]` is `outputs`, [df, free]. */
export interface Access {
  readonly root: string;
  readonly names: readonly string[];
  /** True when an index follows that is known only at evaluation (`params[x]`, `params.list[0]`). */
  readonly indexed: boolean;
  /** Where the root stands in the expression, in characters from 0. */
  readonly offset: number;
  /** True inside `has()`. */
  readonly inHas: boolean;
}

interface Walk {
  readonly bound: ReadonlySet<string>;
  readonly inHas: boolean;
  /** How many macros with an iteration variable are around. */
  readonly loops: number;
  readonly found: Access[];
  readonly deepest: { loops: number };
}

const loopMacros: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

const childrenOf = (ast: ASTNode): readonly ASTNode[] => {
  switch (ast.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return [ast.args[0]];
    case '!_':
    case '-_':
      return [ast.args];
    case 'call':
      return ast.args[1];
    case 'rcall':
      return [ast.args[1], ...ast.args[2]];
    case 'map':
      return ast.args.flat();
    default:
      return ast.args;
  }
};

/** A chain of field accesses, from its root; undefined when the chain does not start at a name. */
const chainOf = (ast: ASTNode): Omit<Access, 'inHas'> | undefined => {
  if (ast.op === 'id') return { root: ast.args, names: [], indexed: false, offset: ast.start };
  if (ast.op !== '.' && ast.op !== '[]') return undefined;
  const chain = chainOf(ast.args[0]);
  if (chain === undefined || chain.indexed) return chain;
  const key = ast.op === '.' ? ast.args[1] : ast.args[1].op === 'value' ? ast.args[1].args : undefined;
  return typeof key === 'string' ? { ...chain, names: [...chain.names, key] } : { ...chain, indexed: true };
};

const walkIndexes = (ast: ASTNode, walk: Walk): void => {
  if (ast.op === '[]') walkAst(ast.args[1], { ...walk, inHas: false });
  if (ast.op === '.' || ast.op === '[]') walkIndexes(ast.args[0], walk);
};

/** Walks a macro that binds a name; false when the call is no such macro. */
const walkBindingMacro = (ast: ASTNode, walk: Walk): boolean => {
  if (ast.op !== 'rcall') return false;
  const [name, receiver, [variable, ...rest]] = ast.args;
  if (variable?.op !== 'id') return false;
  const isBind = name === 'bind' && receiver.op === 'id' && receiver.args === 'cel';
  if (!isBind && !(loopMacros.has(name) && rest.length > 0)) return false;
  const inner = { ...walk, bound: new Set([...walk.bound, variable.args]), loops: walk.loops + (isBind ? 0 : 1) };
  walk.deepest.loops = Math.max(walk.deepest.loops, inner.loops);
  const [value, ...body] = rest;
  if (isBind && value !== undefined) walkAst(value, walk);
  if (!isBind) walkAst(receiver, walk);
  for (const child of isBind ? body : rest) walkAst(child, inner);
  return true;
};

const walkAst = (ast: ASTNode, walk: Walk): void => {
  const chain = chainOf(ast);
  if (chain !== undefined) {
    if (!walk.bound.has(chain.root)) walk.found.push({ ...chain, inHas: walk.inHas });
    walkIndexes(ast, walk);
    return;
  }
  if (walkBindingMacro(ast, walk)) return;
  const inHas = walk.inHas || (ast.op === 'call' && ast.args[0] === 'has');
  for (const child of childrenOf(ast)) walkAst(child, { ...walk, inHas });
};

/** Every use of a free name in an expression, in source order, and how deep its loops (`all`, `exists`, `map` …) nest. */
export const accessesOf = (ast: ASTNode): { readonly accesses: readonly Access[]; readonly loopDepth: number } => {
  const found: Access[] = [];
  const deepest = { loops: 0 };
  walkAst(ast, { bound: new Set(), inHas: false, loops: 0, found, deepest });
  return { accesses: found.sort((a, b) => a.offset - b.offset), loopDepth: deepest.loops };
};

/** The dotted name of a chain of field accesses (`outputs.df.free`); undefined for anything else. */
export const dottedNameOf = (ast: ASTNode): string | undefined => {
  const chain = chainOf(ast);
  return chain === undefined ? undefined : [chain.root, ...chain.names].join('.');
};
