import { fixedCredentials } from '#functions/adapters/agent/kept-credentials.ts';
import { createAliyunAgent } from '#functions/adapters/aliyun/aliyun-agent.ts';
import { aliyunClients } from '#functions/adapters/aliyun/aliyun-clients.ts';
import { agentContract } from '#test/contract/agent-contract.ts';
import { patientPacing } from '#test/functions/adapters/agent/patient-pacing.ts';

agentContract({
  kind: 'aliyun',
  region: 'cn-hangzhou',
  actions: { send: 'RunCommand', look: 'DescribeInvocationResults' },
  open: ({ ecsEndpoint }) =>
    createAliyunAgent({
      ...patientPacing,
      clientFor: aliyunClients({
        endpoint: ecsEndpoint,
        protocol: 'http',
        credentials: fixedCredentials({ accessKeyId: 'local', accessKeySecret: 'local' }),
      }),
    }),
});
