import { messageOf } from '../errors/app-error.ts';
import { parseCondition } from '../expression/condition.ts';
import type { Scope } from '../expression/scope.ts';
import { secretParams } from '../job/check-secrets.ts';
import { argumentValues } from '../library/arguments.ts';
import type { Group, Job, ParamValues, Phase } from '../model/job.ts';
import type { Node, Os } from '../model/node.ts';
import { isScript, type Operation } from '../model/operation.ts';
import type { FrozenTargets } from '../model/run.ts';
import { scriptFault } from '../script/interpreters.ts';
import { isDecided, type KnownValues, renderOpenText } from './open-template.ts';
import { needsRunner } from './runners.ts';
import type { PlannedScript, ScriptVariant } from './script-plan.ts';
import { type Narrowed, selectsGroup, selectsPhase } from './selection.ts';
import { frozenRunner } from './slice-nodes.ts';

/** Characters of a script, variants of an operation, and names of nodes that are shown. */
const shown = { script: 4_000, variants: 20, nodes: 5 };

/** What `planScripts` shows the scripts of. */
export interface ScriptsQuestion {
  /** With its commands applied and its blocks laid out. */
  readonly job: Job;
  readonly params: ParamValues;
  /** One entry per group of the job, in its order. */
  readonly targets: readonly FrozenTargets[];
  readonly selection?: Narrowed | undefined;
}

interface Place {
  readonly job: Job;
  readonly params: ParamValues;
  readonly group: Group;
  readonly phase: Phase;
  readonly operation: Operation;
  /** Nodes that it is done for, each with the system that it runs on. */
  readonly nodes: readonly { readonly node: Node | undefined; readonly name: string; readonly os: Os }[];
}

type Values = Omit<ScriptVariant, 'nodeCount' | 'nodes'>;

/** Every script that a run would send, with the values that nodes get; equal ones together. */
export const planScripts = (question: ScriptsQuestion): PlannedScript[] => placesOf(question).map(plannedScript);

const placesOf = ({ job, params, targets, selection = {} }: ScriptsQuestion): readonly Place[] =>
  job.spec.groups.flatMap((group, index) =>
    selectsGroup(selection, group)
      ? group.phases.flatMap((phase, phaseIndex) => {
          if (!selectsPhase(selection, phase)) return [];
          const nodes = nodesOf(phase, phaseIndex, targets[index] ?? { nodes: [], runners: {} });
          return phase.operations
            .filter(isScript)
            .map((operation) => ({ job, params, group, phase, operation, nodes }));
        })
      : [],
  );

const nodesOf = (phase: Phase, phaseIndex: number, targets: FrozenTargets): Place['nodes'] => {
  const runner = needsRunner(phase) ? frozenRunner(targets, phaseIndex).node : undefined;
  if (phase.on === 'runner' && runner !== undefined) return [{ node: runner, name: runner.name, os: runner.os }];
  return targets.nodes.map(({ node }) => ({ node, name: node.name, os: runner?.os ?? node.os }));
};

const plannedScript = (place: Place): PlannedScript => {
  const { group, phase, operation } = place;
  const script = operation.run ?? '';
  const all = variantsOf(place);
  return {
    group: group.name,
    phase: phase.name,
    operation: operation.id,
    interpreter: operation.interpreter,
    script: script.slice(0, shown.script),
    scriptBytes: new TextEncoder().encode(script).length,
    variants: all.slice(0, shown.variants),
    variantCount: all.length,
  };
};

/** Values and the nodes that get them, those of most nodes first. */
const variantsOf = (place: Place): ScriptVariant[] => {
  const isAlike = !mentionsNode(place);
  const byOs = new Map<Os, Values>();
  const variants = new Map<string, { readonly values: Values; nodeCount: number; readonly nodes: string[] }>();
  for (const { node, name, os } of place.nodes) {
    const values = (isAlike ? byOs.get(os) : undefined) ?? valuesOn(place, node, os);
    if (isAlike) byOs.set(os, values);
    const key = JSON.stringify(values);
    const variant = variants.get(key) ?? { values, nodeCount: 0, nodes: [] };
    variant.nodeCount += 1;
    if (variant.nodes.length < shown.nodes) variant.nodes.push(name);
    variants.set(key, variant);
  }
  return [...variants.values()]
    .toSorted((a, b) => b.nodeCount - a.nodeCount)
    .map(({ values, ...who }) => ({ ...values, ...who }));
};

/** False when every node of a system certainly gets the same. */
const mentionsNode = ({ job, group, phase, operation }: Place): boolean =>
  /\bnode\b/.test(
    JSON.stringify([job.spec.env, group.env, phase.env, operation.env, operation.args, operation.with, operation.when]),
  );

const valuesOn = (place: Place, node: Node | undefined, os: Os): Values => {
  try {
    return valuesOf(place, node, os);
  } catch (error) {
    return { state: 'fails', reason: messageOf(error), env: {}, args: [] };
  }
};

const valuesOf = (place: Place, node: Node | undefined, os: Os): Values => {
  const { operation } = place;
  const { known, env } = around(place, node);
  const given = givenValues(operation, known);
  const values = {
    env: { ...env, ...rendered(operation.env, known).values, ...given.env },
    args: [...given.args],
  };
  const fault = scriptFault(os, { interpreter: operation.interpreter, runAs: operation.runAs });
  if (fault !== undefined) return { state: 'fails', reason: fault, ...values };
  return { ...decision(operation, known), ...values };
};

/** Variables of job, group and phase, each seeing those before it. */
const around = ({ job, params, group, phase }: Place, node: Node | undefined) => {
  const run = { id: '', attempt: 1, job: job.metadata.name };
  const base: Scope = { params, ...(node === undefined ? {} : { node }), run, outputs: {} };
  const secrets = secretParams(job);
  const openEnv = new Set(setNames(job));
  let env: Readonly<Record<string, string>> = {};
  for (const level of [job.spec.env, group.env, phase.env]) {
    const { values, open } = rendered(level, { scope: { ...base, env }, openEnv, secrets });
    env = { ...env, ...values };
    for (const name of open) openEnv.add(name);
  }
  const known: KnownValues = { scope: { ...base, env }, openEnv, secrets };
  return { known, env };
};

/** Variables that some operation sets while the job runs. */
const setNames = (job: Job): readonly string[] =>
  job.spec.groups.flatMap((group) =>
    group.phases.flatMap((phase) => phase.operations.flatMap(({ setEnv = {} }) => Object.keys(setEnv))),
  );

const rendered = (texts: Readonly<Record<string, string>>, known: KnownValues) => {
  const all = Object.entries(texts).map(([name, text]) => ({ name, ...renderOpenText(text, known) }));
  return {
    values: Object.fromEntries(all.map(({ name, text }) => [name, text])),
    open: all.filter(({ open }) => open).map(({ name }) => name),
  };
};

/** Arguments of a script, or what a command makes of what it is given. */
const givenValues = (operation: Operation, known: KnownValues): Pick<Values, 'env' | 'args'> => {
  const render = (text: string): string => renderOpenText(text, known).text;
  const { command, with: given = {} } = operation;
  if (command === undefined) return { env: {}, args: operation.args.map(render) };
  const isOpen = Object.values(given).some((text) => renderOpenText(text, known).open);
  // What is not known yet cannot be held against the types of the arguments.
  if (isOpen) return { env: rendered(given, known).values, args: [] };
  const { env, args } = argumentValues(command, { with: given, render });
  return { env, args: [...args] };
};

const decision = ({ when, guards = [] }: Operation, known: KnownValues): Pick<Values, 'state' | 'reason'> => {
  const condition = when === undefined ? undefined : parseCondition(when);
  const isKnown = condition !== undefined && isDecided(known, condition);
  if (isKnown && !condition.evaluate(known.scope))
    return { state: 'skipped', reason: `its condition is false: ${when}` };
  const [guard] = guards;
  if (guard !== undefined) return { state: 'depends', reason: `block '${guard.block}' decides during the run` };
  return condition === undefined || isKnown
    ? { state: 'runs' }
    : { state: 'depends', reason: `decided during the run: ${when}` };
};
