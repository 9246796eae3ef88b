import type { KeptCredentials } from '#functions/adapters/agent/kept-credentials.ts';
import { type AccountCredentials, clientPerScope } from '#functions/adapters/agent/scope-clients.ts';
import type { AgentScope } from '#shared/ports/agent.ts';
import { createEcsCalls, type EcsCalls } from './ecs-calls.ts';
import { type AliyunCredentials, rpcTransport } from './rpc-transport.ts';

/** Where Alibaba Cloud is and who calls it. */
export interface AliyunClientsOptions extends AccountCredentials<KeptCredentials<AliyunCredentials>> {
  /** Of the home account. */
  readonly credentials: KeptCredentials<AliyunCredentials>;
  /** Host and port without a scheme, instead of the region's own endpoint. */
  readonly endpoint?: string;
  readonly protocol?: 'https' | 'http';
}

/** The endpoint of a region (ECS API reference, "Endpoints"): the oldest region has a name of its own. */
const endpointOf = (region: string): string =>
  region === 'cn-hangzhou' ? 'ecs-cn-hangzhou.aliyuncs.com' : `ecs.${region}.aliyuncs.com`;

/** ECS calls by account and region. */
export const aliyunClients = (options: AliyunClientsOptions): ((scope: AgentScope) => EcsCalls) =>
  clientPerScope<KeptCredentials<AliyunCredentials>, EcsCalls>(options, (region, credentials) => {
    const { endpoint = endpointOf(region), protocol = 'https' } = options;
    const service = { endpoint, protocol, region, version: '2014-05-26' };
    return createEcsCalls(region, rpcTransport(service, credentials ?? options.credentials));
  });
