import { createCloudInventory } from '#functions/adapters/inventory/cloud-inventory.ts';
import { taggingClients } from '#functions/adapters/inventory/tagging-clients.ts';
import { ssmClients } from '#functions/adapters/ssm/ssm-clients.ts';
import type { AgentScope } from '#shared/ports/agent.ts';
import type { Inventory } from '#shared/ports/services.ts';
import { openAliyun } from './aliyun.ts';
import { openAwsAccounts } from './aws-accounts.ts';
import { readCloudsEnv } from './env.ts';
import { cloudPacing } from './process.ts';

const scopesOf = (
  own: readonly string[],
  accounts: readonly { readonly account: string; readonly regions?: readonly string[] | undefined }[],
): readonly AgentScope[] => [
  ...own.map((region) => ({ region })),
  ...accounts.flatMap(({ account, regions = own }) => regions.map((region) => ({ account, region }))),
];

/** The inventory of the deployed stack: the configured accounts and regions of both clouds. */
export const openInventory = (): Inventory => {
  const { awsRegions, awsAccounts, aliyunRegions, aliyunAccounts } = readCloudsEnv();
  const accounts = openAwsAccounts();
  const aws = {
    scopes: scopesOf(awsRegions, awsAccounts),
    ssmClientFor: ssmClients(accounts),
    taggingClientFor: taggingClients(accounts),
  };
  const aliyunScopes = scopesOf(aliyunRegions, aliyunAccounts);
  const connectAliyun = aliyunScopes.length === 0 ? undefined : openAliyun();
  return {
    list: async () => {
      const clientFor = await connectAliyun?.();
      const aliyun = clientFor && { scopes: aliyunScopes, clientFor };
      return createCloudInventory({ ...cloudPacing, aws, ...(aliyun === undefined ? {} : { aliyun }) }).list();
    },
  };
};
