import { freeArguments, type NativeAction, placeOf, refuse, templateOf, textOf } from './native-fields.ts';
import type { SourcePlace } from './source-value.ts';
import type { ReferenceScope } from './to-template.ts';

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

/** aggoutput: a map of the nodes. */
export const aggregate = (scope: ReferenceScope): NativeAction => {
  scope.findings.countedNotice(
    scope.operation.fields.place.path,
    'nodes are called by their host in gathered data; they were called host:port',
  );
  return gather(scope, gatherKey(scope), { as: 'map', by: 'host' });
};

/** concatoutput: one text, or a list where that is used. */
export const concatenate = (scope: ReferenceScope): NativeAction => {
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

/** convout2local: the value of the first node. */
export const first = (scope: ReferenceScope): NativeAction => {
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

/** interact and continue: a question to a person. */
export const waitInput = (scope: ReferenceScope): NativeAction => {
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
