import { isAppError } from '../errors/app-error.ts';
import { parseCondition } from '../expression/condition.ts';
import type { Reference } from '../expression/references.ts';
import { parseTemplate } from '../expression/template.ts';
import type { Job } from '../model/job.ts';
import { needsEnvCommand } from '../script/env-names.ts';
import { maxSecrets } from '../script/render-secrets.ts';
import { misusedSecrets, secretsOfTemplate } from '../secrets/secret-text.ts';
import { type Reader, readersOfJob } from './expression-readers.ts';
import type { Finding } from './finding.ts';
import { operationSites } from './job-outline.ts';

/** Names of the params whose values are references to secrets. */
export const secretParams = (job: Job): ReadonlySet<string> =>
  new Set(Object.entries(job.spec.params).flatMap(([name, param]) => (param.type === 'secret' ? [name] : [])));

/** True for a value under `env`, of the job or of any level in it. */
const isEnv = ({ path, kind }: Reader): boolean =>
  kind === 'template' && path.at(-2) === 'env' && path.at(-3) !== 'outputs';

/**
 * True for what is given to a command that is not known yet. Once it is, its secret arguments stand under `env`, and the others must hold no
 * secret.
 */
const isGiven = ({ path, site }: Reader): boolean => path.at(-2) === 'with' && site?.operation.use !== undefined;

const referencesOf = ({ kind, text }: Reader): readonly Reference[] => {
  try {
    return (kind === 'template' ? parseTemplate(text) : parseCondition(text)).references;
  } catch (error) {
    // What does not parse is told where all references are checked.
    if (isAppError(error, 'expression.')) return [];
    throw error;
  }
};

/** Names of environment variables that hold secrets at some level. */
const secretEnvNames = (readers: readonly Reader[], secrets: ReadonlySet<string>): ReadonlySet<string> =>
  new Set(
    readers.flatMap((reader) =>
      isEnv(reader) && referencesOf(reader).some((one) => one.kind === 'param' && secrets.has(one.name))
        ? [String(reader.path.at(-1))]
        : [],
    ),
  );

const useEnv = 'Give it to the script as an environment variable: env: {NAME: ${{ params.… }}}. There it is masked.';

const complainOfPlace = ({ path }: Reader, reference: Reference, name: string): Finding => {
  const at = { path, offset: reference.offset };
  if (path.at(-2) === 'with')
    return {
      ...at,
      message: `param '${name}' is a secret, and the command does not take '${path.at(-1)}' as one`,
      suggestion: 'Declare the argument in the command with type: secret.',
    };
  return {
    ...at,
    message: path.includes('args')
      ? `param '${name}' is a secret, and arguments are seen by every user of the node (ps)`
      : `param '${name}' is a secret, which only env may hold`,
    suggestion: useEnv,
  };
};

const checkEnv = (reader: Reader, secrets: ReadonlySet<string>): readonly Finding[] => {
  const template = parseTemplate(reader.text);
  const [secret] = secretsOfTemplate(template, secrets);
  if (secret === undefined) return [];
  const name = String(reader.path.at(-1));
  const misused = misusedSecrets(template, secrets).map((offset) => ({
    path: reader.path,
    offset,
    message: 'nothing can be computed with a secret: only the node sees its value',
    suggestion: `Write \${{ params.${secret} }} alone; text may stand around it.`,
  }));
  const unfit = needsEnvCommand(name)
    ? [
        {
          path: reader.path,
          atKey: true,
          message: `${name} cannot hold a secret: shells treat this variable as their own`,
        },
      ]
    : [];
  return [...misused, ...unfit];
};

/**
 * Secrets stand in `env` alone, whole or with text around them: there they reach the script and nothing else. Everywhere else they would be
 * shown, kept or decided with.
 */
export const checkSecrets = (job: Job): readonly Finding[] => {
  const secrets = secretParams(job);
  if (secrets.size === 0) return [];
  const readers = readersOfJob(job, operationSites(job));
  const variables = secretEnvNames(readers, secrets);
  const findings = readers.flatMap((reader): readonly Finding[] => {
    const references = referencesOf(reader);
    const ofEnv = references.flatMap((one) =>
      one.kind === 'env' && variables.has(one.name)
        ? [{ path: reader.path, offset: one.offset, message: `env.${one.name} holds a secret`, suggestion: useEnv }]
        : [],
    );
    if (isEnv(reader) || isGiven(reader))
      return references.length === 0 ? [] : [...checkEnv(reader, secrets), ...ofEnv];
    const ofParams = references.flatMap((one) =>
      one.kind === 'param' && secrets.has(one.name) ? [complainOfPlace(reader, one, one.name)] : [],
    );
    return [...ofParams, ...ofEnv];
  });
  return secrets.size <= maxSecrets
    ? findings
    : [
        ...findings,
        { path: ['spec', 'params'], message: `a job has at most ${maxSecrets} secrets, this one has ${secrets.size}` },
      ];
};
