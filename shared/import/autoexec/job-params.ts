import type { JobInput, ParamValues } from '#shared/model/job.ts';
import { variableNameSchema } from '#shared/model/job.ts';
import { paramTemplate } from './expression-text.ts';
import type { Fields } from './fields.ts';
import type { Findings } from './findings.ts';
import { escapeTemplate, referenceParts } from './reference-parts.ts';
import { valueText } from './source-text.ts';
import type { SourcePlace, SourceValue } from './source-value.ts';
import { paramNameGiver } from './valid-names.ts';

/** Job parameters, global variables and environment of an old job, as Drover has them. */
export interface JobParams {
  /** `spec.params`; each value is also the default, so that the job can be run again as it is. */
  readonly declared: NonNullable<JobInput['spec']['params']>;
  readonly values: ParamValues;
  /** `spec.env`: the environment of every operation. */
  readonly env: Readonly<Record<string, string>>;
  /** Name in the old job → name of the param. */
  readonly names: ReadonlyMap<string, string>;
  /** The old `environment`, to resolve references to it. */
  readonly environment: ReadonlyMap<string, string>;
}

const isEncrypted = (text: string): boolean => /^(?:\{(?:RC4|ENCRYPTED)\}|RC4:)/.test(text);

/** Replaces references to other params; one pass, unknown ones stay. */
const substitute = (value: string, values: ReadonlyMap<string, string>): string =>
  referenceParts(value)
    .map((part) => (part.kind === 'text' ? part.text : (values.get(part.name) ?? part.written)))
    .join('');

interface OldParam {
  readonly name: string;
  readonly value: string;
  readonly place: SourcePlace;
}

const toOldParams = (entries: ReadonlyMap<string, SourceValue>): readonly OldParam[] =>
  [...entries].map(([name, value]) => ({ name, value: valueText(value), place: value.place }));

/** Params were resolved once, when the file was read, in the order of their keys. */
const resolveParams = (own: readonly OldParam[], global: readonly OldParam[], findings: Findings): OldParam[] => {
  const values = new Map([...global, ...own].map(({ name, value }) => [name, value]));
  const resolved = own.map((param) => {
    const value = substitute(param.value, values);
    values.set(param.name, value);
    if (value !== param.value) {
      findings.notice(
        param.place.path,
        `refers to other params; its value was resolved now, to ${JSON.stringify(value)}`,
      );
    }
    return { ...param, value };
  });
  const ownNames = new Set(own.map(({ name }) => name));
  return [...resolved, ...global.filter(({ name }) => !ownNames.has(name))];
};

const refuseEncrypted = (params: readonly OldParam[], findings: Findings): void => {
  for (const { name, value, place } of params) {
    if (!isEncrypted(value)) continue;
    findings.unsupported(place, {
      what: `the encrypted value of ${name}`,
      why: "only the old system's key opens it",
      instead:
        'leave the value empty here; in the converted job give the param the type secret and a reference as its value (docs/secrets.md)',
    });
  }
};

const giveNames = (params: readonly OldParam[], findings: Findings): ReadonlyMap<string, string> => {
  const giver = paramNameGiver();
  const validFirst = params.toSorted((a, b) => Number(isVariable(b.name)) - Number(isVariable(a.name)));
  const given = new Map(validFirst.map(({ name }) => [name, giver.take(name)]));
  for (const { name, place } of params) {
    if (given.get(name) === name) continue;
    findings.notice(place.path, `is the param ${given.get(name)} now, and no longer an environment variable`);
  }
  return given;
};

const isVariable = (name: string): boolean => variableNameSchema.safeParse(name).success;

const isReserved = (name: string): boolean => /^DROVER_/i.test(name);

const toEnv = (own: readonly OldParam[], environment: readonly OldParam[], findings: Findings): Map<string, string> => {
  const env = new Map<string, string>();
  for (const { name } of own) if (isVariable(name) && !isReserved(name)) env.set(name, paramTemplate(name));
  for (const { name, value, place } of environment) {
    if (isVariable(name) && !isReserved(name)) env.set(name, escapeTemplate(value));
    else findings.notice(place.path, 'is not carried over: Drover cannot set an environment variable of this name');
  }
  return env;
};

/** Reads `opt`, `globalOpt` and `environment`. */
export const readJobParams = (job: Fields, findings: Findings): JobParams => {
  const own = toOldParams(job.object('opt'));
  const environment = toOldParams(job.object('environment'));
  const params = resolveParams(own, toOldParams(job.object('globalOpt')), findings);
  refuseEncrypted([...params, ...environment], findings);
  const names = giveNames(params, findings);
  const named = params.map((param) => ({ ...param, name: names.get(param.name) ?? param.name }));
  return {
    declared: Object.fromEntries(named.map(({ name, value }) => [name, { type: 'string', default: value }])),
    values: Object.fromEntries(named.map(({ name, value }) => [name, value])),
    env: Object.fromEntries(toEnv(own, environment, findings)),
    names,
    environment: new Map(environment.map(({ name, value }) => [name, value])),
  };
};
