import type { SecretStore } from '#local/secrets/secret-store.ts';
import { secretsFolder } from '../../local-server.ts';
import type { Session } from '../../session.ts';

/** The store of this machine. Loaded only where it is used, as all of the local cloud. */
export const openStore = async ({ settings, host }: Session): Promise<SecretStore> => {
  const { openSecretStore } = await import('#local/secrets/secret-store.ts');
  return openSecretStore(secretsFolder(settings.stateDir), () => host.now());
};
