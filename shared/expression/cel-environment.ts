import { Environment } from '@marcbachmann/cel-js';
import { NodeView, nodeFieldTypes, RunView, runFieldTypes, truthfulNode } from './scope.ts';

/** Limits of one expression: enough for any condition a person writes, too little to keep a machine busy. */
const limits = { maxAstNodes: 5000, maxDepth: 100, maxListElements: 1000, maxMapEntries: 1000, maxCallArguments: 16 };

/** Arithmetic between `int` and `double`, which CEL refuses: params come from JSON, which knows one kind of number only. */
const mixedArithmetic: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
};

const buildEnvironment = (outputType: 'string' | 'dyn'): Environment => {
  const environment = new Environment({ homogeneousAggregateLiterals: false, limits })
    .registerType('Node', { ctor: NodeView, fields: nodeFieldTypes })
    .registerType('Run', { ctor: RunView, fields: runFieldTypes })
    .registerVariable('node', 'Node')
    .registerVariable(truthfulNode, 'Node')
    .registerVariable('run', 'Run')
    .registerVariable('params', 'map<string, dyn>')
    .registerVariable('outputs', `map<string, map<string, ${outputType}>>`)
    .registerVariable('env', 'map<string, string>')
    .registerVariable('each', 'map<string, dyn>');
  for (const [operator, compute] of Object.entries(mixedArithmetic))
    for (const [left, right] of [
      ['int', 'double'],
      ['double', 'int'],
    ])
      environment.registerOperator(`${left} ${operator} ${right}: double`, (a, b) => compute(Number(a), Number(b)));
  return environment;
};

/** The CEL environment of every condition and template. */
export const celEnvironment = buildEnvironment('dyn');

/** The same, for checking expressions that read text outputs only: what they compare with a number is a mistake that can be told early. */
export const textOutputsEnvironment = buildEnvironment('string');

/** The names that an expression may start with. */
export const scopeRoots = ['params', 'node', 'outputs', 'env', 'each', 'run'] as const;
