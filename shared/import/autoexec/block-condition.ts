import { type ConditionValue, translateCondition } from './condition.ts';
import { paramCel } from './expression-text.ts';
import { refuse } from './native-fields.ts';
import { nodeVariables } from './node-variables.ts';
import { setVariableCel } from './set-variables.ts';
import type { ReferenceScope } from './to-template.ts';

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
