import { createCloudInventory } from '#functions/adapters/inventory/cloud-inventory.ts';
import { taggingClients } from '#functions/adapters/inventory/tagging-clients.ts';
import { ssmClients } from '#functions/adapters/ssm/ssm-clients.ts';
import type { Inventory } from '#shared/ports/services.ts';
import { openAliyun } from './aliyun.ts';
import { openAwsAccounts } from './aws-accounts.ts';
import { readCloudScopes } from './cloud-scopes.ts';
import { cloudPacing } from './process.ts';

/** The inventory of the deployed stack: the configured accounts and regions of both clouds. */
export const openInventory = (): Inventory => {
  const scopes = readCloudScopes();
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
