import { type JobInput, variableNameSchema } from '#shared/model/job.ts';
import { compileRegex } from '#shared/model/job-values.ts';
import { type ConditionValue, translateCondition } from './condition.ts';
import { paramCel } from './expression-text.ts';
import type { UnsupportedThing } from './findings.ts';
import { maintenanceWindows } from './maintenance-windows.ts';
import type { NativeTool } from './native-tools.ts';
import { nodeVariables } from './node-variables.ts';
import type { OldOperation } from './old-flow.ts';
import { setVariableCel } from './set-variables.ts';
import { isEmptyValue, valueText } from './source-text.ts';
import type { SourcePlace } from './source-value.ts';
import { type ReferenceScope, toTemplate } from './to-template.ts';

type OperationInput = JobInput['spec']['groups'][number]['phases'][number]['operations'][number];

/** What a tool of the old engine becomes, beside its id; undefined, and reported, when it cannot be carried over. */
export type NativeAction = Partial<OperationInput> | undefined;

const refuse = (scope: ReferenceScope, place: SourcePlace, thing: UnsupportedThing): undefined => {
  scope.findings.unsupported(place, thing);
  return undefined;
};

const textOf = (scope: ReferenceScope, key: string): string => scope.operation.fields.option(key) ?? '';

const placeOf = ({ operation: { fields } }: ReferenceScope, key: string): SourcePlace =>
  fields.object('opt').get(key)?.place ?? fields.at('opt');

const templateOf = (scope: ReferenceScope, key: string): string =>
  toTemplate(textOf(scope, key), placeOf(scope, key), scope);

/** The free arguments, as they are written. */
export const freeArguments = ({
  fields,
}: OldOperation): readonly { readonly text: string; readonly place: SourcePlace }[] =>
  fields.list('arg').flatMap((item) => {
    const value = item.kind === 'map' ? item.entries.get('value') : item;
    return value === undefined || isEmptyValue(value) ? [] : [{ text: valueText(value), place: value.place }];
  });

const joined = (scope: ReferenceScope): string =>
  freeArguments(scope.operation)
    .map(({ text, place }) => toTemplate(text, place, scope))
    .join(' ');

const setEnv = (scope: ReferenceScope): NativeAction => {
  const { findings } = scope;
  const name = textOf(scope, 'name');
  const value = textOf(scope, 'value');
  const at = placeOf(scope, 'name');
  if (!variableNameSchema.safeParse(name).success || /^DROVER_/i.test(name))
    return refuse(scope, at, {
      what: `setenv of ${JSON.stringify(name)}`,
      why: 'names of variables are letters, digits and _, and do not begin with DROVER_',
      instead: 'rename it here and where it is used',
    });
  if (/\$\(|`/.test(value))
    return refuse(scope, placeOf(scope, 'value'), {
      what: 'setenv with $(…)',
      why: 'a shell of the old engine computed it; values are data here',
      instead: 'compute it in a runner operation with an output, and refer to that',
    });
  findings.countedNotice(at.path, 'variables of setenv are in the environment of later scripts too now');
  if (textOf(scope, 'hidden') === '1')
    findings.countedNotice(
      at.path,
      'hidden had no effect on variables; use a param of type secret for what must not be shown',
    );
  const everywhere = textOf(scope, 'scope') === 'global';
  return { setEnv: { [name]: templateOf(scope, 'value') }, ...(everywhere ? { scope: 'run' } : {}) };
};

/** `data['a'][0]` as a JSON path. */
const jsonPath = (selector: string): string | undefined => {
  const steps = /^data((?:\[(?:'[^'\\\]]*'|"[^"\\\]]*"|-?\d+)\])*)$/.exec(selector.trim())?.[1];
  return steps === undefined ? undefined : `$${steps}`;
};

/** The whole match counted, not a group of it. */
const wholeMatch = (pattern: string): string =>
  pattern.replaceAll(/(\\.|\[(?:\\.|[^\]\\])*\])|\((?!\?)/gs, (found, kept) => kept ?? (found === '(' ? '(?:' : found));

const extract = (scope: ReferenceScope, from: string, how: 'json' | 'pattern'): NativeAction => {
  const selector = textOf(scope, 'selector');
  const place = placeOf(scope, 'selector');
  if (how === 'json') {
    scope.findings.countedNotice(place.path, 'a list or an object comes out as JSON; lists were joined by commas');
    const path = jsonPath(selector);
    if (path !== undefined) return { extract: { from: templateOf(scope, from), path } };
  } else {
    const pattern = wholeMatch(selector);
    if (selector !== '' && compileRegex(pattern, 'gm') !== undefined)
      return { extract: { from: templateOf(scope, from), pattern } };
  }
  return refuse(scope, place, {
    what: `the selector ${JSON.stringify(selector)}`,
    why: how === 'json' ? "it is more than data['key'][0]… of Python" : 'it is not a regular expression here',
    instead: 'write an extract operation with a JSON path or a pattern, or do it in a script',
  });
};

const window = (scope: ReferenceScope): NativeAction => {
  const { operation, findings } = scope;
  const windows = freeArguments(operation).flatMap(({ text, place }) => {
    const read = maintenanceWindows(text);
    if (read !== undefined) return read;
    refuse(scope, place, {
      what: `the maintenance window ${JSON.stringify(text)}`,
      why: 'it is not made of hours (20:00-21:00) and WeekDay 1 to 7, MonthDay MM-DD or Date YYYY-MM-DD',
      instead: 'correct it here, or write a maintenanceWindow operation',
    });
    return [];
  });
  findings.countedNotice(
    operation.fields.place.path,
    'the hours of maintenance windows are UTC; they were local time of the runner: set timeZone in the converted job',
  );
  if (freeArguments(operation).length === 0) return refuseEmpty(scope);
  return windows.length === 0 ? undefined : { maintenanceWindow: { windows } };
};

const refuseEmpty = (scope: ReferenceScope): undefined => {
  scope.findings.invalid(scope.operation.fields.place, 'has no window');
  return undefined;
};

const sleep = (scope: ReferenceScope): NativeAction => {
  const written = textOf(scope, 'seconds') || (freeArguments(scope.operation)[0]?.text ?? '');
  if (/^\d{1,6}$/.test(written)) return { wait: `${Number(written)}s` };
  return refuse(scope, placeOf(scope, 'seconds'), {
    what: `a sleep of ${JSON.stringify(written)}`,
    why: 'the time of a wait is fixed when the job is read',
    instead: 'write the seconds as a number, or sleep in a script',
  });
};

const gather = (
  scope: ReferenceScope,
  key: { readonly text: string; readonly place: SourcePlace },
  how: object,
): NativeAction => {
  const { operations, findings, operation } = scope;
  const name = /^[#$]\{([^{}]+)\}$/.exec(key.text.trim())?.[1] ?? key.text.trim();
  const found = operations.find(name);
  if (operation.kind !== 'runner')
    return refuse(scope, operation.fields.place, {
      what: `${operation.opName} in a phase of target nodes`,
      why: 'gathering over all nodes is done once',
      instead: 'move it to a runner phase',
    });
  if (found === undefined) {
    findings.invalid(key.place, `${JSON.stringify(key.text)} is not the output of an operation (phase.opId.name)`);
    return undefined;
  }
  return { aggregate: { from: `${found.operation.id}.${found.variable}`, ...how } };
};

const gatherKey = (scope: ReferenceScope) => ({ text: textOf(scope, 'outputkey'), place: placeOf(scope, 'outputkey') });

const aggregate = (scope: ReferenceScope): NativeAction => {
  scope.findings.countedNotice(
    scope.operation.fields.place.path,
    'nodes are called by their host in gathered data; they were called host:port',
  );
  return gather(scope, gatherKey(scope), { as: 'map', by: 'host' });
};

const concatenate = (scope: ReferenceScope): NativeAction => {
  const { opId, usedOutputs } = scope.operation;
  if (usedOutputs.has('aggJsonData') && usedOutputs.has('aggTxtData'))
    return refuse(scope, scope.operation.fields.place, {
      what: `${opId} with both of its outputs`,
      why: 'an aggregate gives one value',
      instead: 'use two operations, one for the text and one for the list',
    });
  if (usedOutputs.has('aggJsonData')) return gather(scope, gatherKey(scope), { as: 'list' });
  return gather(scope, gatherKey(scope), { as: 'text', separator: scope.operation.fields.option('delimiter') ?? ',' });
};

const first = (scope: ReferenceScope): NativeAction => {
  const [key, ...more] = freeArguments(scope.operation);
  if (key !== undefined && more.length === 0) return gather(scope, key, { as: 'first' });
  return refuse(scope, scope.operation.fields.place, {
    what: `${scope.operation.opName} of ${more.length + 1} outputs`,
    why: 'an aggregate gathers one',
    instead: 'use an operation for each output',
  });
};

const inputTypes: ReadonlyMap<string, 'button' | 'select' | 'multiSelect' | 'text'> = new Map([
  ['button', 'button'],
  ['select', 'select'],
  ['mselect', 'multiSelect'],
  ['input', 'text'],
]);

const optionsOf = (text: string): readonly string[] => {
  try {
    const given: unknown = JSON.parse(text);
    return Array.isArray(given) ? given.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))) : [];
  } catch {
    // No JSON: then the question has no answers, which the checks of the job tell.
    return [];
  }
};

const waitInput = (scope: ReferenceScope): NativeAction => {
  const { operation } = scope;
  const type = inputTypes.get(textOf(scope, 'optype') || 'button');
  if (type === undefined || operation.kind !== 'runner')
    return refuse(scope, operation.fields.place, {
      what: `${operation.opName} ${type === undefined ? `of type ${textOf(scope, 'optype')}` : 'for each target node'}`,
      why: type === undefined ? 'there are button, select, mselect and input' : 'Drover asks a question once',
      instead: type === undefined ? 'choose one of these' : 'move it to a runner phase',
    });
  const options = optionsOf(textOf(scope, 'optionsjson') || '["Yes","No"]');
  const message = ['title', 'message'].flatMap((key) => (textOf(scope, key) === '' ? [] : [templateOf(scope, key)]));
  const role = textOf(scope, 'role');
  return {
    waitInput: {
      message: message.join(': ') || 'Continue?',
      type,
      ...(type === 'text' ? {} : { options: [...options] }),
      ...(role === '' ? {} : { of: role.split(/\s*,\s*/) }),
    },
    timeout: '24h',
  };
};

/** A variable in the order in which conditions saw it: set by setenv, of the node, a parameter, the environment. */
const conditionValue = (name: string, scope: ReferenceScope): ConditionValue | undefined => {
  const { operation, params, variables } = scope;
  const param = params.names.get(name);
  const ofNode = nodeVariables(operation).get(name);
  const constant = params.environment.get(name);
  const known = ofNode === undefined ? undefined : celOfTemplate(ofNode);
  const below =
    known ??
    (param === undefined ? undefined : { cel: paramCel(param) }) ??
    (constant === undefined ? undefined : { text: constant });
  const set = variables.find(name, operation);
  if (set === undefined) return below;
  const otherwise = below === undefined ? { text: `$${name}` } : below;
  return { cel: setVariableCel(name, set, 'cel' in otherwise ? otherwise.cel : JSON.stringify(otherwise.text)) };
};

const celOfTemplate = (template: string): ConditionValue => {
  const cel = /^\$\{\{ (.*) \}\}$/.exec(template)?.[1];
  if (cel === undefined) return { text: template };
  return { cel: cel === 'node.port' ? 'string(node.port)' : cel };
};

/** The condition of an IF-Block in CEL; undefined, and reported with the reason, when it cannot be translated. */
export const blockCondition = (scope: ReferenceScope): string | undefined => {
  const { fields } = scope.operation;
  const written = fields.text('condition') ?? '';
  const read = translateCondition(written, (name) => conditionValue(name, scope));
  const place = fields.at('condition');
  if ('why' in read)
    return refuse(scope, place, {
      what: `the condition ${JSON.stringify(written)}`,
      why: read.why,
      instead: read.instead,
    });
  for (const notice of read.notices) scope.findings.notice(place.path, notice);
  return read.cel;
};

const actions: Readonly<Record<Exclude<NativeTool, 'if-block' | 'failkeys'>, (scope: ReferenceScope) => NativeAction>> =
  {
    echo: (scope) => ({ echo: joined(scope) }),
    setenv: setEnv,
    failjob: (scope) => ({ fail: joined(scope) || 'The job failed by its own decision.' }),
    extractoutval: (scope) =>
      extract(scope, 'outputkey', textOf(scope, 'selectortype') === 'RegExp' ? 'pattern' : 'json'),
    getvalfromjson: (scope) => extract(scope, 'jsontxt', 'json'),
    getvalfromtxt: (scope) => extract(scope, 'txtval', 'pattern'),
    maintainwindow: window,
    sleep,
    aggoutput: aggregate,
    concatoutput: concatenate,
    convout2local: first,
    interact: waitInput,
    continue: waitInput,
  };

/** Carries a tool of the old engine over to what Drover does itself. */
export const toNative = (tool: Exclude<NativeTool, 'if-block' | 'failkeys'>, scope: ReferenceScope): NativeAction =>
  actions[tool](scope);
