import { named, nodesOf, type Tree } from './tree.ts';
import {
  Char,
  collected,
  equal,
  integerOf,
  isLike,
  isNetObject,
  isTrue,
  NotKnown,
  numberOf,
  PsError,
  textOf,
  Whole,
} from './values.ts';

/** The .NET and the commands that a script can call. */
export interface World {
  /** A static member of a type. */
  staticGet(type: string, name: string): unknown;
  staticSet(type: string, name: string, value: unknown): void;
  staticCall(type: string, name: string, args: readonly unknown[]): unknown;
  create(type: string, args: readonly unknown[]): unknown;
  /** Members of values that are no objects of ours: text, arrays, numbers. */
  get(value: unknown, name: string): unknown;
  call(value: unknown, name: string, args: readonly unknown[]): unknown;
  /** A cmdlet or program. */
  command(name: string, args: readonly unknown[]): unknown;
  environment(name: string): unknown;
  /** `$_` of a `catch`. */
  errorRecord(error: PsError): unknown;
  variable(name: string): unknown;
}

class Flow {
  readonly kind: 'break' | 'continue' | 'return' | 'exit';
  readonly code: number;
  constructor(kind: Flow['kind'], code = 0) {
    this.kind = kind;
    this.code = code;
  }
}

interface PsFunction {
  readonly parameters: readonly string[];
  readonly body: Tree | undefined;
}

type Scope = Map<string, unknown>;
type Emit = (value: unknown) => void;

/** Nodes that only pass on the value of their one child. */
const passes = new Set(
  ['logical', 'bitwise', 'comparison', 'additive', 'multiplicative', 'format', 'range']
    .flatMap((kind) => [`${kind}_expression`, `${kind}_argument_expression`])
    .concat('argument_expression', 'array_literal_expression', 'unary_expression', 'pipeline_chain', 'string_literal')
    .concat('integer_literal', 'left_assignment_expression', 'while_condition', 'command_name_expr'),
);

const childOf = (node: Tree, type: string): Tree | undefined => named(node).find((child) => child.type === type);
const need = <T>(value: T | undefined | null, what: string): T => {
  if (value === undefined || value === null) throw new NotKnown(what);
  return value;
};

/** Runs the part of PowerShell that the wrapper keeps to; anything else is an error of the script. */
export class Interpreter {
  readonly #world: World;
  readonly #functions = new Map<string, PsFunction>();
  readonly #scopes: Scope[] = [new Map()];

  constructor(world: World) {
    this.#world = world;
  }

  /** The exit code of a script. */
  async run(root: Tree, print: Emit): Promise<number> {
    try {
      await this.#statements(root, print);
      return 0;
    } catch (flow) {
      if (flow instanceof Flow && flow.kind === 'exit') return flow.code;
      throw flow;
    }
  }

  async #statements(node: Tree, emit: Emit): Promise<void> {
    for (const child of named(node)) await this.#statement(child, emit);
  }

  async #statement(node: Tree, emit: Emit): Promise<void> {
    switch (node.type) {
      case 'statement_list':
      case 'statement_block':
      case 'script_block':
      case 'script_block_body':
        return this.#statements(node, emit);
      case 'empty_statement':
        return;
      case 'pipeline':
        return this.#pipeline(node, emit);
      case 'function_statement':
        return this.#define(node);
      case 'if_statement':
        return this.#if(node, emit);
      case 'while_statement':
        return this.#while(node, emit);
      case 'foreach_statement':
        return this.#foreach(node, emit);
      case 'switch_statement':
        return this.#switch(node, emit);
      case 'try_statement':
        return this.#try(node, emit);
      case 'flow_control_statement':
        return this.#flow(node, emit);
      default:
        throw new NotKnown(`statement ${node.type}: ${node.text.slice(0, 80)}`);
    }
  }

  async #pipeline(node: Tree, emit: Emit): Promise<void> {
    const [first] = named(node);
    if (first?.type === 'assignment_expression') return this.#assign(first);
    if (named(node).length !== 1) throw new NotKnown(`a pipeline of several commands: ${node.text.slice(0, 80)}`);
    const command = named(need(first, 'an empty pipeline'))[0];
    if (command?.type === 'command') return this.#command(command, emit);
    const value = await this.#value(need(first, 'pipeline'));
    if (value !== undefined && value !== null) emit(value);
  }

  /** The value of a pipeline, as an assignment or parentheses take it. */
  async #collect(node: Tree): Promise<unknown> {
    const chain = node.type === 'pipeline' ? named(node)[0] : node;
    const command = chain?.type === 'pipeline_chain' ? named(chain)[0] : undefined;
    if (command !== undefined && command.type !== 'command') return this.#value(command);
    const output: unknown[] = [];
    await this.#statement(node, (value) => output.push(value));
    return collected(output);
  }

  #define(node: Tree): void {
    const name = need(childOf(node, 'function_name'), 'function name').text.toLowerCase();
    const parameters = nodesOf(node, 'script_parameter').map((one) => one.text);
    const body = childOf(node, 'script_block');
    this.#functions.set(name, {
      parameters: parameters.map((text) => text.slice(1).toLowerCase()),
      body,
    });
  }

  async #if(node: Tree, emit: Emit): Promise<void> {
    const [condition, block] = named(node);
    if (isTrue(await this.#collect(need(condition, 'if')))) return this.#statement(need(block, 'if'), emit);
    for (const clause of named(node).flatMap((one) => (one.type === 'elseif_clauses' ? named(one) : []))) {
      const [other, then] = named(clause);
      if (isTrue(await this.#collect(need(other, 'elseif')))) return this.#statement(need(then, 'elseif'), emit);
    }
    const otherwise = childOf(node, 'else_clause');
    if (otherwise !== undefined) await this.#statements(otherwise, emit);
  }

  /** False when the loop is to end. */
  async #turn(block: Tree, emit: Emit): Promise<boolean> {
    try {
      await this.#statement(block, emit);
      return true;
    } catch (flow) {
      if (flow instanceof Flow && flow.kind === 'break') return false;
      if (flow instanceof Flow && flow.kind === 'continue') return true;
      throw flow;
    }
  }

  async #while(node: Tree, emit: Emit): Promise<void> {
    const condition = need(childOf(node, 'while_condition'), 'while');
    const block = need(childOf(node, 'statement_block'), 'while');
    while (isTrue(await this.#collect(need(named(condition)[0], 'while')))) {
      if (!(await this.#turn(block, emit))) return;
    }
  }

  async #foreach(node: Tree, emit: Emit): Promise<void> {
    const [variable, list, block] = named(node);
    const items = await this.#collect(need(list, 'foreach'));
    for (const item of Array.isArray(items) ? items : items === null ? [] : [items]) {
      this.#setVariable(need(variable, 'foreach').text, item);
      if (!(await this.#turn(need(block, 'foreach'), emit))) return;
    }
  }

  async #switch(node: Tree, emit: Emit): Promise<void> {
    const caseSensitive = childOf(node, 'switch_parameters')?.text.toLowerCase().includes('-casesensitive') === true;
    const condition = need(childOf(node, 'switch_condition'), 'switch');
    const value = await this.#collect(need(named(condition)[0], 'switch'));
    let matched = false;
    for (const clause of nodesOf(node, 'switch_clause')) {
      const [pattern, block] = named(clause);
      const text = need(pattern, 'switch').text;
      const isDefault = text.toLowerCase() === 'default';
      if (isDefault ? matched : !equal(value, verbatim(text), caseSensitive)) continue;
      matched = true;
      if (!(await this.#turn(need(block, 'switch'), emit))) return;
    }
  }

  async #try(node: Tree, emit: Emit): Promise<void> {
    const clauses = childOf(node, 'catch_clauses');
    const catcher = clauses && childOf(clauses, 'catch_clause');
    const last = childOf(node, 'finally_clause');
    try {
      await this.#statement(need(childOf(node, 'statement_block'), 'try'), emit);
    } catch (error) {
      if (!(error instanceof PsError) || catcher === undefined) throw error;
      const outer = this.#scopes.at(-1)?.get('_');
      this.#setVariable('$_', this.#world.errorRecord(error));
      await this.#statements(catcher, emit);
      this.#setVariable('$_', outer);
    } finally {
      if (last !== undefined) await this.#statements(last, emit);
    }
  }

  async #flow(node: Tree, emit: Emit): Promise<void> {
    const kind = need(node.children[0], 'flow').text.toLowerCase();
    const given = named(node)[0];
    if (kind === 'break' || kind === 'continue') throw new Flow(kind);
    const value = given === undefined ? null : await this.#collect(given);
    if (kind === 'exit') throw new Flow('exit', integerOf(value));
    if (kind !== 'return') throw new NotKnown(kind);
    if (value !== null) emit(value);
    throw new Flow('return');
  }

  async #assign(node: Tree): Promise<void> {
    const [left, operator, right] = named(node);
    const place = innermost(need(left, 'assignment'));
    let value = await this.#collect(need(right, 'assignment'));
    if (operator?.text === '+=') value = add(await this.#value(place), value);
    else if (operator?.text !== '=') throw new NotKnown(`${operator?.text}`);
    if (place.type === 'variable') this.#setVariable(place.text, value);
    else if (place.type === 'member_access') await this.#setMember(place, value);
    else if (place.type === 'element_access') {
      const [owner, key] = named(place);
      const object = await this.#value(need(owner, 'element'));
      if (!isNetObject(object) || object.setItem === undefined) throw new NotKnown(place.text);
      object.setItem(await this.#value(need(key, 'element')), value);
    } else throw new NotKnown(`assignment to ${place.type}`);
  }

  async #setMember(place: Tree, value: unknown): Promise<void> {
    const [owner, member] = named(place);
    const name = need(member, 'member').text.toLowerCase();
    if (owner?.type === 'type_literal') {
      this.#world.staticSet(typeName(owner), name, value);
      return;
    }
    const object = await this.#value(need(owner, 'member'));
    if (!isNetObject(object) || object.set === undefined) throw new NotKnown(place.text);
    object.set(name, value);
  }

  async #command(node: Tree, emit: Emit): Promise<void> {
    const name = childOf(node, 'command_name');
    const expression = childOf(node, 'command_name_expr');
    const program =
      name === undefined
        ? textOf(await this.#value(need(named(need(expression, 'command'))[0], 'command')))
        : name.text;
    const args: unknown[] = [];
    for (const element of named(childOf(node, 'command_elements') ?? node)) {
      if (element.type === 'command_argument_sep' || element.type === 'redirection') continue;
      if (element === name || element === expression) continue;
      if (element.type === 'generic_token' || element.type === 'command_parameter') args.push(element.text);
      else if (element.type !== 'command_name' && element.type !== 'command_name_expr') {
        // `1,2,3` is one argument of three.
        const items = element.type === 'array_literal_expression' ? named(element) : [element];
        const values: unknown[] = [];
        for (const item of items) values.push(await this.#value(item));
        args.push(values.length === 1 ? values[0] : values);
      }
    }
    const own = expression === undefined ? this.#functions.get(program.toLowerCase()) : undefined;
    if (own !== undefined) return this.#call(own, args, emit);
    const value = await this.#world.command(program.toLowerCase(), args);
    if (value !== undefined && value !== null) emit(new Whole(value));
  }

  async #call({ parameters, body }: PsFunction, args: readonly unknown[], emit: Emit): Promise<void> {
    if (args.length > parameters.length) throw new NotKnown(`${args.length} arguments for ${parameters.length}`);
    this.#scopes.push(new Map(parameters.map((name, index) => [name, args[index] ?? null])));
    try {
      if (body !== undefined) await this.#statement(body, emit);
    } catch (flow) {
      if (!(flow instanceof Flow) || flow.kind !== 'return') throw flow;
    } finally {
      this.#scopes.pop();
    }
  }

  #variable(text: string): unknown {
    const name = text.slice(1).toLowerCase();
    if (name.startsWith('env:')) return this.#world.environment(text.slice(5));
    if (name.startsWith('script:')) return this.#scopes[0]?.get(name.slice(7)) ?? null;
    for (const scope of this.#scopes.toReversed()) if (scope.has(name)) return scope.get(name);
    const value = this.#world.variable(name);
    if (value === undefined) throw new NotKnown(`the variable $${name} was never set`);
    return value;
  }

  #setVariable(text: string, value: unknown): void {
    const name = text.slice(1).toLowerCase();
    if (name === 'null') return;
    if (name.startsWith('script:')) this.#scopes[0]?.set(name.slice(7), value);
    else if (name.includes(':')) throw new NotKnown(text);
    else this.#scopes.at(-1)?.set(name, value);
  }

  async #value(node: Tree): Promise<unknown> {
    const inner = named(node);
    if (passes.has(node.type) && inner.length === 1 && node.children.length === 1)
      return this.#value(need(inner[0], 'value'));
    switch (node.type) {
      case 'variable':
        return this.#variable(node.text);
      case 'verbatim_string_characters':
        return verbatim(node.text);
      case 'expandable_string_literal':
        return this.#expand(node);
      case 'decimal_integer_literal':
        return Number(node.text);
      case 'pipeline':
        return this.#collect(node);
      case 'parenthesized_expression':
      case 'sub_expression':
        return this.#collect(need(inner[0], 'parentheses'));
      case 'array_expression': {
        const output: unknown[] = [];
        for (const one of inner) await this.#statement(one, (value) => output.push(value));
        const value = collected(output);
        return value === null ? [] : Array.isArray(value) ? value : [value];
      }
      case 'array_literal_expression': {
        const items: unknown[] = [];
        for (const one of inner) items.push(await this.#value(one));
        return items;
      }
      case 'expression_with_unary_operator':
        return this.#unary(node);
      case 'cast_expression':
        return this.#cast(node);
      case 'member_access':
        return this.#member(node);
      case 'invokation_expression':
        return this.#invoke(node);
      case 'element_access':
        return this.#element(node);
      default:
        if (passes.has(node.type)) return this.#binary(node);
        throw new NotKnown(`expression ${node.type}: ${node.text.slice(0, 80)}`);
    }
  }

  async #expand(node: Tree): Promise<string> {
    let text = '';
    let at = node.startIndex + 1;
    const raw = node.text;
    const slice = (from: number, to: number): string => raw.slice(from - node.startIndex, to - node.startIndex);
    for (const child of named(node)) {
      text += slice(at, child.startIndex) + textOf(await this.#value(child));
      at = child.endIndex;
    }
    text += slice(at, node.endIndex - 1);
    if (text.includes('`')) throw new NotKnown('an escape in a text');
    return text;
  }

  async #unary(node: Tree): Promise<unknown> {
    const [operator] = node.children;
    const operand = need(named(node)[0], 'operand');
    if (operand.type === 'cast_expression') return this.#cast(operand);
    const value = await this.#value(operand);
    if (operator?.text.toLowerCase() === '-not') return !isTrue(value);
    if (operator?.text === '-') return -numberOf(value);
    throw new NotKnown(`operator ${operator?.text}`);
  }

  async #cast(node: Tree): Promise<unknown> {
    const [type, operand] = named(node);
    const value = await this.#value(need(operand, 'cast'));
    const name = need(type, 'cast').text.toLowerCase();
    if (name === '[string]') return textOf(value);
    if (name === '[int]') return integerOf(value);
    if (name === '[double]') return numberOf(value);
    if (name === '[char]') return new Char(integerOf(value));
    if (name.endsWith('[]]')) return Array.isArray(value) ? value : [value];
    throw new NotKnown(`cast ${name}`);
  }

  async #member(node: Tree): Promise<unknown> {
    const [owner, member] = named(node);
    const name = need(member, 'member').text.toLowerCase();
    if (owner?.type === 'type_literal') return this.#world.staticGet(typeName(owner), name);
    const value = await this.#value(need(owner, 'member'));
    if (value === null || value === undefined) return null;
    return isNetObject(value) && value.get !== undefined ? value.get(name) : this.#world.get(value, name);
  }

  async #invoke(node: Tree): Promise<unknown> {
    const [owner, member, list] = named(node);
    const name = need(member, 'member').text.toLowerCase();
    const args: unknown[] = [];
    for (const one of named(childOf(need(list, 'call'), 'argument_expression_list') ?? need(list, 'call'))) {
      args.push(await this.#value(one));
    }
    if (owner?.type === 'type_literal') return this.#world.staticCall(typeName(owner), name, args);
    const value = await this.#value(need(owner, 'call'));
    if (value === null || value === undefined) throw new PsError(`You cannot call a method on a null: ${node.text}`);
    return isNetObject(value) && value.call !== undefined
      ? value.call(name, args)
      : this.#world.call(value, name, args);
  }

  async #element(node: Tree): Promise<unknown> {
    const [owner, key] = named(node);
    const value = await this.#value(need(owner, 'element'));
    const index = await this.#value(need(key, 'element'));
    if (isNetObject(value) && value.item !== undefined) return value.item(index);
    if (Array.isArray(value) || value instanceof Uint8Array) return value[integerOf(index)] ?? null;
    if (value === null) throw new PsError('Cannot index into a null array.');
    throw new NotKnown(`element of ${node.text}`);
  }

  async #binary(node: Tree): Promise<unknown> {
    const [leftNode, operatorNode, rightNode] = node.children;
    const operator = need(operatorNode, node.text).text.toLowerCase();
    const left = await this.#value(need(leftNode, node.text));
    if (operator === '-and' && !isTrue(left)) return false;
    if (operator === '-or' && isTrue(left)) return true;
    const right = await this.#value(need(rightNode, node.text));
    return operate(operator, left, right);
  }
}

const typeName = (node: Tree): string => node.text.slice(1, -1).toLowerCase();

const verbatim = (text: string): string => {
  if (!text.startsWith("'") || !text.endsWith("'")) throw new NotKnown(`text ${text}`);
  return text.slice(1, -1).replaceAll("''", "'");
};

const innermost = (node: Tree): Tree => {
  const [only, ...others] = named(node);
  return passes.has(node.type) && only !== undefined && others.length === 0 ? innermost(only) : node;
};

const add = (left: unknown, right: unknown): unknown => {
  if (typeof left === 'string') return left + textOf(right);
  if (left instanceof Char) throw new NotKnown('a character plus something');
  if (Array.isArray(left)) return [...left, ...(Array.isArray(right) ? right : [right])];
  return numberOf(left) + numberOf(right);
};

const operators: Readonly<Record<string, (left: unknown, right: unknown) => unknown>> = {
  '+': add,
  '-': (left, right) => numberOf(left) - numberOf(right),
  '*': (left, right) => numberOf(left) * numberOf(right),
  '/': (left, right) => numberOf(left) / numberOf(right),
  '%': (left, right) => numberOf(left) % numberOf(right),
  '-bor': (left, right) => numberOf(left) | numberOf(right),
  '-and': (_, right) => isTrue(right),
  '-or': (_, right) => isTrue(right),
  '-eq': (left, right) => equal(left, right, false),
  '-ne': (left, right) => !equal(left, right, false),
  '-ceq': (left, right) => equal(left, right, true),
  '-cne': (left, right) => !equal(left, right, true),
  '-lt': (left, right) => numberOf(left) < numberOf(right),
  '-le': (left, right) => numberOf(left) <= numberOf(right),
  '-gt': (left, right) => numberOf(left) > numberOf(right),
  '-ge': (left, right) => numberOf(left) >= numberOf(right),
  '-like': (left, right) => isLike(textOf(left), textOf(right), false),
  '-clike': (left, right) => isLike(textOf(left), textOf(right), true),
  '-cmatch': (left, right) => new RegExp(textOf(right)).test(textOf(left)),
  '-cnotmatch': (left, right) => !new RegExp(textOf(right)).test(textOf(left)),
  '-contains': (left, right) => Array.isArray(left) && left.some((one) => equal(one, right, false)),
};

const operate = (operator: string, left: unknown, right: unknown): unknown => {
  const act = operators[operator];
  if (act === undefined) throw new NotKnown(`operator ${operator}`);
  if (operator === '-lt' && typeof left === 'string') throw new NotKnown('an order of texts');
  return act(left, right);
};
