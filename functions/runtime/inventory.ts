import { type CloudInventory, createCloudInventory } from '#functions/adapters/inventory/cloud-inventory.ts';
import { keepInventory } from '#functions/adapters/inventory/keep-inventory.ts';
import { taggingClients } from '#functions/adapters/inventory/tagging-clients.ts';
import { ssmClients } from '#functions/adapters/ssm/ssm-clients.ts';
import type { AgentScope } from '#shared/ports/agent.ts';
import type { Inventory } from '#shared/ports/services.ts';
import { openAliyun } from './aliyun.ts';
import { openBlobs } from './blobs.ts';
import { readCloudsEnv, readInventoryEnv } from './env.ts';
import { cloudPacing, openProcessLog, systemClock } from './process.ts';
import { openStore } from './store.ts';

const scopesOf = (regions: readonly string[]): readonly AgentScope[] => regions.map((region) => ({ region }));

/** The clouds of the deployed stack: the configured regions of both. */
const openClouds = (): CloudInventory => {
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

/** The inventory of the deployed stack, kept between the calls of all its functions. */
export const openInventory = (): Inventory => {
  const { awsRegions, aliyunRegions } = readCloudsEnv();
  return keepInventory({
    clouds: openClouds(),
    source: JSON.stringify({ aws: awsRegions, aliyun: aliyunRegions }),
    ages: readInventoryEnv(),
    store: openStore(),
    blobs: openBlobs(),
    clock: systemClock,
    log: openProcessLog(),
  });
};
