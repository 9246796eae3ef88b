import { AppError } from '#shared/errors/app-error.ts';
import { parseTemplate } from '#shared/expression/template.ts';
import { secretParams } from '#shared/job/check-secrets.ts';
import type { Group, Job, ParamValues, Phase } from '#shared/model/job.ts';
import type { Operation } from '#shared/model/operation.ts';
import type { Secrets } from '#shared/ports/secrets.ts';
import { createMasker } from '#shared/secrets/mask-text.ts';
import { maskedForms } from '#shared/secrets/masked-forms.ts';
import { readReference, type SecretReference } from '#shared/secrets/reference.ts';
import { secretsOfTemplate } from '#shared/secrets/secret-text.ts';

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

/** What an outcome must not show of an operation's secrets, put out of it. */
export type Masker = (text: string) => string;

const showsAll: Masker = (text) => text;

/**
 * Masks the values that the server can read. The nodes have masked already what their scripts printed; this one is for what did not pass by
 * them. A value that cannot be read now is left out: no result is lost for it.
 */
export const maskerOf = async (secrets: Pick<Secrets, 'fetch'>, used: readonly OperationSecret[]): Promise<Masker> => {
  const readable = used.filter(({ reference }) => reference.kind !== 'oos-secret');
  if (readable.length === 0) return showsAll;
  const fetched = await Promise.allSettled(readable.map(({ reference }) => secrets.fetch(reference)));
  return createMasker(maskedForms(fetched.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))));
};
