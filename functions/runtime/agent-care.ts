import { pageSize } from '#functions/adapters/aliyun/aliyun-context.ts';
import { createSsmCare } from '#functions/adapters/ssm/ssm-care.ts';
import { ssmClients } from '#functions/adapters/ssm/ssm-clients.ts';
import type { AgentCares } from '#shared/ports/agent-care.ts';
import { openAliyun } from './aliyun.ts';
import { openAwsAccounts } from './aws-accounts.ts';
import { cloudPacing } from './cloud-pacing.ts';

/** What the clouds of the deployed stack can do about their agents. The client of Alibaba Cloud is loaded when it is first needed. */
export const openAgentCare = (): AgentCares => {
  const aliyun = openAliyun();
  return {
    aws: createSsmCare({ ...cloudPacing, clientFor: ssmClients(openAwsAccounts()) }),
    aliyun: {
      instances: pageSize,
      bring: async (request) => {
        const [{ createAliyunCare }, clientFor] = await Promise.all([
          import('#functions/adapters/aliyun/aliyun-care.ts'),
          aliyun(),
        ]);
        return createAliyunCare({ ...cloudPacing, clientFor }).bring(request);
      },
    },
  };
};
