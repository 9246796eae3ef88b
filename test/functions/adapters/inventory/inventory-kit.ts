import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { fixedCredentials } from '#functions/adapters/agent/kept-credentials.ts';
import { aliyunClients } from '#functions/adapters/aliyun/aliyun-clients.ts';
import {
  type CloudInventory,
  type CloudInventoryOptions,
  createCloudInventory,
} from '#functions/adapters/inventory/cloud-inventory.ts';
import { taggingClients } from '#functions/adapters/inventory/tagging-clients.ts';
import { ssmClients } from '#functions/adapters/ssm/ssm-clients.ts';
import { parseFleet } from '#local/cloud/fleet.ts';
import { type FleetCloud, startFleetCloud } from '#local/cloud/fleet-cloud.ts';
import type { AgentScope } from '#shared/ports/agent.ts';
import { patientPacing } from '#test/functions/adapters/agent/patient-pacing.ts';

/** Key of the own account, which the local cloud lets see every account's instances, and keys that see one account only. */
const keyOf = (account: string) => ({ accessKeyId: account, secretAccessKey: 'local' });
const aliyunKeyOf = (account: string) => fixedCredentials({ accessKeyId: account, accessKeySecret: 'local' });

/** An inventory of a fleet, given as YAML; both end with the test. */
export const inventoryOf = async (
  fleetYaml: string,
  scopes: { readonly aws?: readonly AgentScope[]; readonly aliyun?: readonly AgentScope[] },
  more: Partial<CloudInventoryOptions> = {},
): Promise<{ readonly inventory: CloudInventory; readonly cloud: FleetCloud }> => {
  const dir = await mkdtemp(join(tmpdir(), 'drover-inventory-'));
  const cloud = await startFleetCloud({ fleet: parseFleet(fleetYaml, 'fleet.yaml'), dir, spawnersCount: 1 });
  onTestFinished(async () => {
    await cloud.close();
    await rm(dir, { recursive: true, force: true });
  });
  const aws = { credentials: keyOf('local'), accounts: { '222222222222': keyOf('222222222222') } };
  const inventory = createCloudInventory({
    ...patientPacing,
    aws: {
      scopes: scopes.aws ?? [],
      ssmClientFor: ssmClients({ ...aws, endpoint: cloud.ssmEndpoint }),
      taggingClientFor: taggingClients({ ...aws, endpoint: cloud.taggingEndpoint }),
    },
    aliyun: {
      scopes: scopes.aliyun ?? [],
      clientFor: aliyunClients({
        credentials: aliyunKeyOf('local'),
        accounts: { '222222222222': aliyunKeyOf('222222222222') },
        endpoint: cloud.ecsEndpoint,
        protocol: 'http',
      }),
    },
    ...more,
  });
  return { inventory, cloud };
};
