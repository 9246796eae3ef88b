import { assumedRole } from '#functions/adapters/aws/assumed-role.ts';
import type { AwsClientsOptions } from '#functions/adapters/ssm/ssm-clients.ts';
import { awsRoleOf, partitionOf } from '#shared/config/accounts.ts';
import { readCloudsEnv } from './env.ts';
import { sessionName, systemClock } from './process.ts';

/** Who calls which account of AWS: this process the own one, and the configured role each other one. A role is assumed at its first use. */
export const openAwsAccounts = (): Pick<AwsClientsOptions, 'homeAccount' | 'accounts'> => {
  const { awsAccount, awsAccounts, awsRegions } = readCloudsEnv();
  const partition = partitionOf(awsRegions[0] ?? '');
  const roles = awsAccounts.map(({ account, role, externalId }) => {
    const roleArn = awsRoleOf({ account, role }, partition);
    return [account, assumedRole({ roleArn, externalId, sessionName: sessionName(), clock: systemClock })] as const;
  });
  return { ...(awsAccount === undefined ? {} : { homeAccount: awsAccount }), accounts: Object.fromEntries(roles) };
};
