import { AppError } from '../errors/app-error.ts';
import { parseTemplate } from '../expression/template.ts';
import { secretParams } from '../job/check-secrets.ts';
import type { Group, Job, ParamValues, Phase } from '../model/job.ts';
import type { Operation } from '../model/operation.ts';
import { readReference, type SecretReference } from './reference.ts';
import { secretsOfTemplate } from './secret-text.ts';

/** An operation and the levels that give it its environment. */
export interface OperationPlace {
  readonly job: Job;
  readonly group: Group;
  readonly phase: Phase;
  readonly operation: Pick<Operation, 'env'>;
}

/** A secret that an operation uses. */
export interface OperationSecret {
  readonly param: string;
  readonly reference: SecretReference;
}

/**
 * The secrets in the environment of an operation, in the order of their params' names; the same for all its nodes. A param that the run was
 * not given is left out: nodes fail where its value is missing.
 * @throws AppError `secret.invalid` when a value is no reference, which the run's request was checked for
 */
export const secretsOfOperation = (
  { job, group, phase, operation }: OperationPlace,
  params: ParamValues,
): readonly OperationSecret[] => {
  const secrets = secretParams(job);
  if (secrets.size === 0) return [];
  const env = { ...job.spec.env, ...group.env, ...phase.env, ...operation.env };
  const used = new Set(Object.values(env).flatMap((text) => secretsOfTemplate(parseTemplate(text), secrets)));
  return [...used]
    .toSorted()
    .filter((param) => params[param] !== undefined)
    .map((param) => ({ param, reference: requireReference(param, params) }));
};

const requireReference = (param: string, params: ParamValues): SecretReference => {
  const reading = readReference(params[param]);
  if ('reference' in reading) return reading.reference;
  throw new AppError('secret.invalid', `param '${param}': ${reading.message}`, { hint: reading.suggestion });
};
