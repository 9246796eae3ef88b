import { createSsmAgent } from '#functions/adapters/ssm/ssm-agent.ts';
import { ssmClients } from '#functions/adapters/ssm/ssm-clients.ts';
import { agentContract } from '#test/contract/agent-contract.ts';
import { patientPacing } from '#test/functions/adapters/agent/patient-pacing.ts';

agentContract({
  kind: 'aws',
  region: 'eu-central-1',
  actions: { send: 'SendCommand', look: 'ListCommandInvocations' },
  open: ({ ssmEndpoint }) =>
    createSsmAgent({
      ...patientPacing,
      clientFor: ssmClients({
        endpoint: ssmEndpoint,
        credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      }),
    }),
});
