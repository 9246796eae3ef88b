import { type CloudInventory, createCloudInventory } from '#functions/adapters/inventory/cloud-inventory.ts';
import { keepInventory } from '#functions/adapters/inventory/keep-inventory.ts';
import { taggingClients } from '#functions/adapters/inventory/tagging-clients.ts';
import { ssmClients } from '#functions/adapters/ssm/ssm-clients.ts';
import type { Inventory } from '#shared/ports/services.ts';
import { openAliyun } from './aliyun.ts';
import { openAwsAccounts } from './aws-accounts.ts';
import { openBlobs } from './blobs.ts';
import { cloudPacing } from './cloud-pacing.ts';
import { readCloudScopes } from './cloud-scopes.ts';
import { readInventoryEnv } from './env.ts';
import { openProcessLog, systemClock } from './process.ts';
import { openStore } from './store.ts';

/** The clouds of the deployed stack: the configured accounts and regions of both. */
const openClouds = (scopes: ReturnType<typeof readCloudScopes>): CloudInventory => {
  const accounts = openAwsAccounts();
  const aws = { scopes: scopes.aws, ssmClientFor: ssmClients(accounts), taggingClientFor: taggingClients(accounts) };
  const connectAliyun = scopes.aliyun.length === 0 ? undefined : openAliyun();
  return {
    list: async () => {
      const clientFor = await connectAliyun?.();
      const aliyun = clientFor && { scopes: scopes.aliyun, clientFor };
      return createCloudInventory({ ...cloudPacing, aws, ...(aliyun === undefined ? {} : { aliyun }) }).list();
    },
  };
};

/** The inventory of the deployed stack, kept between the calls of all its functions. */
export const openInventory = (): Inventory => {
  const scopes = readCloudScopes();
  return keepInventory({
    clouds: openClouds(scopes),
    source: JSON.stringify(scopes),
    ages: readInventoryEnv(),
    store: openStore(),
    blobs: openBlobs(),
    clock: systemClock,
    log: openProcessLog(),
  });
};
