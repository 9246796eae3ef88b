import { agentSecrets } from '#functions/adapters/secrets/agent-secrets.ts';
import { createSecrets, type SecretSource } from '#functions/adapters/secrets/secret-source.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { ErrorCode } from '#shared/errors/catalogue.ts';
import type { Secrets } from '#shared/ports/secrets.ts';
import { formatReference } from '#shared/secrets/reference.ts';

/** Secrets that a test sets, by reference, in every kind that a server reads. */
export interface MemorySecrets extends Secrets {
  readonly values: Map<string, string>;
  /** References that cannot be read, and why. */
  readonly failing: Map<string, ErrorCode>;
  /** References in the order in which they were fetched. */
  readonly fetched: string[];
}

/** None yet. */
export const createMemorySecrets = (given: Readonly<Record<string, string>> = {}): MemorySecrets => {
  const values = new Map(Object.entries(given));
  const failing = new Map<string, ErrorCode>();
  const fetched: string[] = [];
  const source: SecretSource = {
    fetch: async (reference) => {
      const name = formatReference(reference);
      fetched.push(name);
      const code = failing.get(name);
      if (code !== undefined) throw new AppError(code, `${name} could not be read`);
      const value = values.get(name);
      if (value === undefined) throw new AppError('secret.not-found', `There is no ${name}`);
      return value;
    },
    check: async () => [],
  };
  const sources = { env: source, local: source, ssm: source, secretsmanager: source, 'oos-secret': agentSecrets };
  return { ...createSecrets(sources), values, failing, fetched };
};
