import { SSMClient } from '@aws-sdk/client-ssm';
import { type KeptCredentials, keepCredentials } from '#functions/adapters/agent/kept-credentials.ts';
import type { EcsCalls } from '#functions/adapters/aliyun/ecs-calls.ts';
import type { AliyunCredentials } from '#functions/adapters/aliyun/rpc-transport.ts';
import { ownClientConfig } from '#functions/adapters/aws/own-client-config.ts';
import { type AliyunAccount, aliyunRoleOf } from '#shared/config/accounts.ts';
import type { AgentScope } from '#shared/ports/agent.ts';
import { type AliyunKeyPlace, type AliyunKeyReaders, readAliyunCredentials } from './aliyun-credentials.ts';
import { readCloudsEnv } from './env.ts';
import { keptFor } from './kept-for.ts';
import { sessionName, systemClock } from './process.ts';

/** A new access key is taken up within this time, without a new deployment; at once when the cloud refuses the old one. */
const keyKeptMs = 600_000;

/** Calls of ECS by account and region. */
export type EcsClients = (scope: AgentScope) => EcsCalls;

type Kept = KeptCredentials<AliyunCredentials>;

const placeOf = (address: string | undefined): { readonly endpoint?: string; readonly protocol?: 'http' | 'https' } => {
  if (address === undefined) return {};
  const { host, protocol } = new URL(address);
  return { endpoint: host, protocol: protocol === 'http:' ? 'http' : 'https' };
};

/** The client of Secrets Manager is loaded when a key is kept there. */
const readSecret = async (name: string): Promise<string | undefined> => {
  const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  const { SecretString } = await new SecretsManagerClient(ownClientConfig).send(
    new GetSecretValueCommand({ SecretId: name }),
  );
  return SecretString;
};

const keyAt = (readers: AliyunKeyReaders, place: AliyunKeyPlace): Kept =>
  keepCredentials(
    async () => ({
      credentials: await readAliyunCredentials(readers, place),
      goodUntilMs: systemClock.now() + keyKeptMs,
    }),
    systemClock,
  );

/**
 * Signs in to the accounts of Alibaba Cloud when that is first needed: only then is its client loaded and are credentials read, so that runs
 * without nodes there pay for neither.
 */
export const openAliyun = (): (() => Promise<EcsClients>) => {
  const { aliyunAccounts, aliyunParameter, aliyunSecret, aliyunEndpoint, aliyunStsEndpoint } = readCloudsEnv();
  const make = async (): Promise<EcsClients> => {
    const [{ aliyunClients }, { ramRole }] = await Promise.all([
      import('#functions/adapters/aliyun/aliyun-clients.ts'),
      import('#functions/adapters/aliyun/ram-role.ts'),
    ]);
    const readers = { ssm: new SSMClient(ownClientConfig), readSecret };
    const own = keyAt(readers, { parameter: aliyunParameter, secret: aliyunSecret });
    const identityOf = (entry: AliyunAccount): Kept => {
      const key = (entry.secret ?? entry.parameter) === undefined ? own : keyAt(readers, entry);
      const { account, role, externalId, regions } = entry;
      if (role === undefined) return key;
      return ramRole({
        roleArn: aliyunRoleOf({ account, role }),
        ...{ externalId, sessionName: sessionName(), credentials: key, clock: systemClock },
        region: regions[0] ?? 'cn-hangzhou',
        ...placeOf(aliyunStsEndpoint),
      });
    };
    const accounts = Object.fromEntries(aliyunAccounts.map((entry) => [entry.account, identityOf(entry)]));
    return aliyunClients({ credentials: own, accounts, ...placeOf(aliyunEndpoint) });
  };
  return keptFor({ make, forMs: Number.POSITIVE_INFINITY, clock: systemClock });
};
