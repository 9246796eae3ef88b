import type { AgentScope } from '#shared/ports/agent.ts';
import { readCloudsEnv } from './env.ts';

const scopesOf = (
  own: readonly string[],
  accounts: readonly { readonly account: string; readonly regions?: readonly string[] | undefined }[],
): readonly AgentScope[] => [
  ...own.map((region) => ({ region })),
  ...accounts.flatMap(({ account, regions = own }) => regions.map((region) => ({ account, region }))),
];

/** The accounts and regions of both clouds whose instances are targets; the own account is without its name. */
export const readCloudScopes = (): Readonly<Record<'aws' | 'aliyun', readonly AgentScope[]>> => {
  const { awsRegions, awsAccounts, aliyunRegions, aliyunAccounts } = readCloudsEnv();
  return { aws: scopesOf(awsRegions, awsAccounts), aliyun: scopesOf(aliyunRegions, aliyunAccounts) };
};
