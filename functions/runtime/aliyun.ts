import { SSMClient } from '@aws-sdk/client-ssm';
import type { AliyunClientsOptions } from '#functions/adapters/aliyun/aliyun-clients.ts';
import type { EcsCalls } from '#functions/adapters/aliyun/ecs-calls.ts';
import { ownClientConfig } from '#functions/adapters/aws/own-client-config.ts';
import type { AgentScope } from '#shared/ports/agent.ts';
import { readAliyunCredentials } from './aliyun-credentials.ts';
import { readCloudsEnv } from './env.ts';
import { keptFor } from './kept-for.ts';
import { systemClock } from './process.ts';

/** New credentials in the parameter are taken up within this time, without a new deployment. */
const credentialsKeptMs = 600_000;

/** Calls of ECS by account and region. */
export type EcsClients = (scope: AgentScope) => EcsCalls;

const placeOf = (address: string | undefined): Pick<AliyunClientsOptions, 'endpoint' | 'protocol'> => {
  if (address === undefined) return {};
  const { host, protocol } = new URL(address);
  return { endpoint: host, protocol: protocol === 'http:' ? 'http' : 'https' };
};

/**
 * Signs in to Alibaba Cloud when it is first needed: only then are its client loaded and its credentials read, so that runs without nodes
 * there pay for neither.
 */
export const openAliyun = (): (() => Promise<EcsClients>) => {
  const { aliyunParameter, aliyunEndpoint } = readCloudsEnv();
  const make = async (): Promise<EcsClients> => {
    const [{ aliyunClients }, credentials] = await Promise.all([
      import('#functions/adapters/aliyun/aliyun-clients.ts'),
      readAliyunCredentials(new SSMClient(ownClientConfig), aliyunParameter),
    ]);
    return aliyunClients({ ...credentials, ...placeOf(aliyunEndpoint) });
  };
  return keptFor({ make, forMs: credentialsKeptMs, clock: systemClock });
};
