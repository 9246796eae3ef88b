import { realPacing } from '#functions/adapters/agent/caller.ts';
import { createAliyunAgent } from '#functions/adapters/aliyun/aliyun-agent.ts';
import { aliyunClients } from '#functions/adapters/aliyun/aliyun-clients.ts';
import { createCloudInventory } from '#functions/adapters/inventory/cloud-inventory.ts';
import { taggingClients } from '#functions/adapters/inventory/tagging-clients.ts';
import { createSsmAgent } from '#functions/adapters/ssm/ssm-agent.ts';
import { ssmClients } from '#functions/adapters/ssm/ssm-clients.ts';
import type { AgentScope, Agents } from '#shared/ports/agent.ts';
import type { Inventory } from '#shared/ports/services.ts';
import type { Fleet } from './cloud/fleet.ts';
import type { FleetCloud } from './cloud/fleet-cloud.ts';

/** A fleet does not change while its cloud runs, and agents go up and down within seconds at most: one reading serves a burst of callers. */
const freshForMs = 1000;

/** Any key does: the local endpoints check the form of a signature, not its owner. */
const localKey = { accessKeyId: 'local', secretAccessKey: 'local' };

/** The real adapters, pointed at the endpoints of a local cloud. */
export const connectAgents = (
  provider: Pick<FleetCloud, 'ssmEndpoint' | 'taggingEndpoint' | 'ecsEndpoint'>,
  fleet: Fleet,
): { readonly agents: Agents; readonly inventory: Inventory } => {
  const ssmClientFor = ssmClients({ endpoint: provider.ssmEndpoint, credentials: localKey });
  const taggingClientFor = taggingClients({ endpoint: provider.taggingEndpoint, credentials: localKey });
  const aliyunClientFor = aliyunClients({
    endpoint: provider.ecsEndpoint,
    protocol: 'http',
    accessKeyId: localKey.accessKeyId,
    accessKeySecret: localKey.secretAccessKey,
  });
  return {
    agents: {
      aws: createSsmAgent({ clientFor: ssmClientFor, ...realPacing }),
      aliyun: createAliyunAgent({ clientFor: aliyunClientFor, ...realPacing }),
    },
    inventory: createCloudInventory({
      aws: { scopes: regionsOf(fleet, 'aws'), ssmClientFor, taggingClientFor },
      aliyun: { scopes: regionsOf(fleet, 'aliyun'), clientFor: aliyunClientFor },
      freshForMs,
      ...realPacing,
    }),
  };
};

const regionsOf = (fleet: Fleet, cloud: 'aws' | 'aliyun'): readonly AgentScope[] => {
  const regions = new Set(fleet.instances.filter((one) => one.cloud === cloud).map((one) => one.region));
  return [...regions].sort().map((region) => ({ region }));
};
