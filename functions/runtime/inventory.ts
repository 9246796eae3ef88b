import { createCloudInventory } from '#functions/adapters/inventory/cloud-inventory.ts';
import { taggingClients } from '#functions/adapters/inventory/tagging-clients.ts';
import { ssmClients } from '#functions/adapters/ssm/ssm-clients.ts';
import type { AgentScope } from '#shared/ports/agent.ts';
import type { Inventory } from '#shared/ports/services.ts';
import { openAliyun } from './aliyun.ts';
import { cloudPacing } from './cloud-pacing.ts';
import { readCloudsEnv } from './env.ts';

const scopesOf = (regions: readonly string[]): readonly AgentScope[] => regions.map((region) => ({ region }));

/** The inventory of the deployed stack: the configured regions of both clouds. */
export const openInventory = (): Inventory => {
  const { awsRegions, aliyunRegions } = readCloudsEnv();
  const aws = { scopes: scopesOf(awsRegions), ssmClientFor: ssmClients(), taggingClientFor: taggingClients() };
  const connectAliyun = aliyunRegions.length === 0 ? undefined : openAliyun();
  return {
    list: async () => {
      const clientFor = await connectAliyun?.();
      const aliyun = clientFor && { scopes: scopesOf(aliyunRegions), clientFor };
      return createCloudInventory({ ...cloudPacing, aws, ...(aliyun === undefined ? {} : { aliyun }) }).list();
    },
  };
};
