import type { ParamValues } from '../model/job.ts';
import type { Node } from '../model/node.ts';
import { type Json, toCelValue } from './cel-values.ts';

/** What conditions and templates can see. */
export interface Scope {
  readonly params: ParamValues;
  /** The node at hand; absent where there is none, and then reading `node` fails. */
  readonly node?: Node;
  readonly run: { readonly id: string; readonly attempt: number; readonly job: string };
  /** Outputs by operation id, then by name: this node's own, else the runner's. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  /** Environment variables of the levels around, and those that `setEnv` set before; none when absent. */
  readonly env?: Readonly<Record<string, string>>;
  /** Items of the `forEach` blocks around, by name, and `index`, the number of the innermost turn from 0; none when absent. */
  readonly each?: Readonly<Record<string, Json>>;
}

/** The fields of `node` in expressions, with their CEL types. */
export const nodeFieldTypes = {
  id: 'string',
  name: 'string',
  type: 'string',
  host: 'string',
  port: 'int',
  agent: 'string',
  account: 'string',
  region: 'string',
  instanceId: 'string',
  os: 'string',
  tags: 'map<string, string>',
} as const;

/** The fields of `run` in expressions, with their CEL types. */
export const runFieldTypes = { id: 'string', attempt: 'int', job: 'string' } as const;

/** A node as CEL reads it; a class, because CEL tells types apart by constructor. */
export class NodeView {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly host: string;
  readonly port: bigint | undefined;
  readonly agent: string;
  readonly account: string | undefined;
  readonly region: string;
  readonly instanceId: string;
  readonly os: string;
  readonly tags: Readonly<Record<string, string>> | ReadonlyMap<string, string>;

  constructor(node: Node, absent: { readonly lenient: boolean }) {
    this.id = node.id;
    this.name = node.name;
    this.type = node.type;
    this.host = node.host;
    this.port = node.port === undefined ? (absent.lenient ? 0n : undefined) : BigInt(node.port);
    this.agent = node.agent;
    this.account = node.account ?? (absent.lenient ? '' : undefined);
    this.region = node.region;
    this.instanceId = node.instanceId;
    this.os = node.os;
    this.tags = absent.lenient ? lenientTags(node.tags) : node.tags;
  }
}

/** A view of `run` as CEL reads it. */
export class RunView {
  readonly id: string;
  readonly attempt: bigint;
  readonly job: string;

  constructor(run: Scope['run']) {
    this.id = run.id;
    this.attempt = BigInt(run.attempt);
    this.job = run.job;
  }
}

const lenientTags = (tags: Readonly<Record<string, string>>): ReadonlyMap<string, string> => {
  const map = new Map(Object.entries(tags));
  const read = map.get.bind(map);
  map.get = (key) => read(key) ?? '';
  return map;
};

/** The name under which an expression sees the node with nothing filled in. As long as `node`, so that offsets stay. */
export const truthfulNode = 'NODE';

const paramsAsCel = new WeakMap<ParamValues, unknown>();
const contexts = new WeakMap<Scope, Readonly<Record<string, unknown>>>();

const celParams = (params: ParamValues): unknown => {
  const known = paramsAsCel.get(params);
  if (known !== undefined) return known;
  const converted = toCelValue(params);
  paramsAsCel.set(params, converted);
  return converted;
};

/**
 * The CEL context of a scope. What a node does not have reads as its type's zero value, as unset proto3 fields do in CEL: an absent tag and
 * account are `""`, an absent port is `0`. `has(node.tags.x)`, `"x" in node.tags` and `node.tags` as a whole stay truthful: they see a
 * second view of the node (`truthfulNode`), to which `compileExpression` points them.
 * Scopes and params must not be changed after their first use; what they convert to is kept with them.
 */
export const toCelContext = (scope: Scope): Readonly<Record<string, unknown>> => {
  const known = contexts.get(scope);
  if (known !== undefined) return known;
  const context: Record<string, unknown> = {
    get params() {
      return celParams(scope.params);
    },
    run: new RunView(scope.run),
    get outputs() {
      return toCelValue(scope.outputs);
    },
    env: scope.env ?? {},
    get each() {
      return toCelValue(scope.each ?? {});
    },
  };
  if (scope.node !== undefined) {
    context['node'] = new NodeView(scope.node, { lenient: true });
    context[truthfulNode] = new NodeView(scope.node, { lenient: false });
  }
  contexts.set(scope, context);
  return context;
};
