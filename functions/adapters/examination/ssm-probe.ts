import { DescribeInstanceInformationCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { callService } from '#functions/adapters/aws/service-error.ts';
import type { Probe } from '#shared/ports/examination.ts';

/** As few as SSM gives. */
const rows = 5;

/**
 * Whether SSM of a region is reached and lets Drover look. The right to send is of other functions, and SendCommand has no dry run: that it was not
 * tried is said.
 */
export const ssmProbe = (client: SSMClient, region: string): Probe => ({
  check: `ssm ${region}`,
  needs: `Allow ssm:DescribeInstanceInformation in ${region}; see that no service control policy denies it, and that the region is enabled.`,
  look: async () => {
    const { InstanceInformationList = [] } = await callService(
      { name: `SSM in ${region}`, unavailable: 'agent.unavailable' },
      client.send(new DescribeInstanceInformationCommand({ MaxResults: rows })),
    );
    const untried = 'Sending was not tried (ssm:SendCommand has no dry run): drover exec on one node shows it';
    if (InstanceInformationList.length > 0) return { status: 'ok', says: `It answers and knows instances. ${untried}` };
    return {
      status: 'warning',
      says: `It answers and manages no instance in ${region}`,
      advice: `Give instances the profile AmazonSSMManagedInstanceCore and an agent, or take ${region} out of awsRegions.`,
    };
  },
});
