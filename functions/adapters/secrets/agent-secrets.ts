import { AppError } from '#shared/errors/app-error.ts';
import { formatReference } from '#shared/secrets/reference.ts';
import type { SecretSource } from './secret-source.ts';

/** `oos-secret:` references: Alibaba Cloud's agent reads them on the node, with the rights of the instance. No server ever sees a value. */
export const agentSecrets: SecretSource = {
  fetch: async (reference) => {
    throw new AppError('secret.unsupported', `${formatReference(reference)} is read by the agent on the node alone`, {
      hint: 'Use it for operations on nodes of Alibaba Cloud.',
    });
  },
  check: async () => [],
};
