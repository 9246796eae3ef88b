import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { agentSecrets } from '#functions/adapters/secrets/agent-secrets.ts';
import { envSecrets } from '#functions/adapters/secrets/env-secrets.ts';
import { managerSecrets } from '#functions/adapters/secrets/manager-secrets.ts';
import { createSecrets } from '#functions/adapters/secrets/secret-source.ts';
import { ssmSecrets } from '#functions/adapters/secrets/ssm-secrets.ts';
import type { Secrets } from '#shared/ports/secrets.ts';
import type { FleetCloud } from '../cloud/fleet-cloud.ts';
import { fileSecrets, storeSecrets } from './local-secrets.ts';
import type { SecretStore } from './secret-store.ts';

/** The secrets that a local cloud can read: its own, and what its stand-ins for the clouds' stores hold. */
export const connectSecrets = (
  provider: Pick<FleetCloud, 'ssmEndpoint' | 'secretsManagerEndpoint'>,
  store: SecretStore,
  environment: Readonly<Record<string, string | undefined>>,
): Secrets => {
  const client = { region: 'local', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  // The store belongs to whoever runs the local cloud: no name of it is out of bounds.
  const prefixes = [''];
  return createSecrets({
    env: envSecrets({ environment, prefix: 'DROVER_SECRET_' }),
    file: fileSecrets,
    local: storeSecrets(store),
    ssm: ssmSecrets({ client: new SSMClient({ ...client, endpoint: provider.ssmEndpoint }), prefixes }),
    secretsmanager: managerSecrets({
      client: new SecretsManagerClient({ ...client, endpoint: provider.secretsManagerEndpoint }),
      prefixes,
    }),
    'oos-secret': agentSecrets,
  });
};
