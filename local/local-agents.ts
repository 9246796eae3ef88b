import { type Pacing, realPacing } from '#functions/adapters/agent/caller.ts';
import { createAliyunAgent } from '#functions/adapters/aliyun/aliyun-agent.ts';
import { createAliyunCare } from '#functions/adapters/aliyun/aliyun-care.ts';
import { aliyunClients } from '#functions/adapters/aliyun/aliyun-clients.ts';
import {
  type CloudInventory,
  type CloudInventoryOptions,
  createCloudInventory,
} from '#functions/adapters/inventory/cloud-inventory.ts';
import { taggingClients } from '#functions/adapters/inventory/tagging-clients.ts';
import { createSsmAgent } from '#functions/adapters/ssm/ssm-agent.ts';
import { createSsmCare } from '#functions/adapters/ssm/ssm-care.ts';
import { ssmClients } from '#functions/adapters/ssm/ssm-clients.ts';
import type { AgentScope, Agents } from '#shared/ports/agent.ts';
import type { AgentCares } from '#shared/ports/agent-care.ts';
import type { Fleet } from './cloud/fleet.ts';
import type { FleetCloud } from './cloud/fleet-cloud.ts';

/** Any key does: the local endpoints check the form of a signature, not its owner. */
const localKey = { accessKeyId: 'local', secretAccessKey: 'local' };

/** Clients of a local cloud's endpoints, by account and region. */
export interface LocalClients {
  readonly ssm: NonNullable<CloudInventoryOptions['aws']>['ssmClientFor'];
  readonly tagging: NonNullable<CloudInventoryOptions['aws']>['taggingClientFor'];
  readonly ecs: Parameters<typeof createAliyunAgent>[0]['clientFor'];
}

/** Where the endpoints of a local cloud are. */
export type LocalEndpoints = Pick<FleetCloud, 'ssmEndpoint' | 'taggingEndpoint' | 'ecsEndpoint'>;

/** The clouds' own clients, pointed at the endpoints of a local cloud. */
export const localClients = ({ ssmEndpoint, taggingEndpoint, ecsEndpoint }: LocalEndpoints): LocalClients => ({
  ssm: ssmClients({ endpoint: ssmEndpoint, credentials: localKey }),
  tagging: taggingClients({ endpoint: taggingEndpoint, credentials: localKey }),
  ecs: aliyunClients({
    endpoint: ecsEndpoint,
    protocol: 'http',
    accessKeyId: localKey.accessKeyId,
    accessKeySecret: localKey.secretAccessKey,
  }),
});

/** The real adapters over the clients of a local cloud. */
export const connectAgents = (
  clients: LocalClients,
  fleet: Fleet,
  pacing: Pacing = realPacing,
): { readonly agents: Agents; readonly agentCare: AgentCares; readonly clouds: CloudInventory } => ({
  agents: {
    aws: createSsmAgent({ clientFor: clients.ssm, ...pacing }),
    aliyun: createAliyunAgent({ clientFor: clients.ecs, ...pacing }),
  },
  agentCare: {
    aws: createSsmCare({ clientFor: clients.ssm, ...pacing }),
    aliyun: createAliyunCare({ clientFor: clients.ecs, ...pacing }),
  },
  clouds: createCloudInventory({
    aws: { scopes: regionsOf(fleet, 'aws'), ssmClientFor: clients.ssm, taggingClientFor: clients.tagging },
    aliyun: { scopes: regionsOf(fleet, 'aliyun'), clientFor: clients.ecs },
    ...pacing,
  }),
});

const regionsOf = (fleet: Fleet, cloud: 'aws' | 'aliyun'): readonly AgentScope[] => {
  const regions = new Set(fleet.instances.filter((one) => one.cloud === cloud).map((one) => one.region));
  return [...regions].sort().map((region) => ({ region }));
};
