import { createAliyunAgent } from '#functions/adapters/aliyun/aliyun-agent.ts';
import { aliyunLimits } from '#functions/adapters/aliyun/aliyun-context.ts';
import { createSsmAgent } from '#functions/adapters/ssm/ssm-agent.ts';
import { ssmClients } from '#functions/adapters/ssm/ssm-clients.ts';
import type { Agents } from '#shared/ports/agent.ts';
import { openAliyun } from './aliyun.ts';
import { openAwsAccounts } from './aws-accounts.ts';
import { cloudPacing } from './cloud-pacing.ts';
import { lateAgent } from './late-agent.ts';

/** The agents of the deployed stack, in the account of the stack and in the configured ones. */
export const openAgents = (): Agents => {
  const aliyun = openAliyun();
  return {
    aws: createSsmAgent({ ...cloudPacing, clientFor: ssmClients(openAwsAccounts()) }),
    aliyun: lateAgent({ kind: 'aliyun', limits: aliyunLimits }, async () =>
      createAliyunAgent({ ...cloudPacing, clientFor: await aliyun() }),
    ),
  };
};
