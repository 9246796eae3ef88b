import { DescribeInstanceInformationCommand, SendCommandCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { callService, serviceError } from '#functions/adapters/aws/service-error.ts';
import { classifyAws } from '#functions/adapters/ssm/ssm-failures.ts';
import { noInstance, ssmDocuments } from '#shared/config/ssm-documents.ts';
import { type AppError, isAppError } from '#shared/errors/app-error.ts';
import type { Probe } from '#shared/ports/examination.ts';

/** As few as SSM gives. */
const rows = 5;

/**
 * Why nothing can be sent; undefined when SSM lets it through to where it finds that there is no such instance, which comes after the rights. Throws what
 * may go away by itself.
 */
const refusalToSend = async (client: SSMClient, region: string): Promise<AppError | undefined> => {
  try {
    await client.send(
      new SendCommandCommand({
        DocumentName: ssmDocuments.sh,
        InstanceIds: [noInstance],
        Parameters: { commands: ['true'] },
        Comment: 'An examination: whether SSM would take a command',
      }),
    );
    return undefined;
  } catch (thrown) {
    if (classifyAws(thrown)?.code === 'InvalidInstanceId') return undefined;
    const error = serviceError(thrown, { name: `SSM in ${region}`, unavailable: 'agent.unavailable' });
    if (isAppError(error, 'config.invalid')) return error;
    throw error;
  }
};

/**
 * Whether SSM of a region is reached, lets Drover list, and lets the account send. SendCommand has no dry run: it is tried on an instance that there is
 * not, by this function; the policies of those that really send are their own.
 */
export const ssmProbe = (client: SSMClient, region: string): Probe => ({
  check: `ssm ${region}`,
  needs: `Allow ssm:DescribeInstanceInformation in ${region}; see that no service control policy denies it, and that the region is enabled.`,
  look: async () => {
    const { InstanceInformationList = [] } = await callService(
      { name: `SSM in ${region}`, unavailable: 'agent.unavailable' },
      client.send(new DescribeInstanceInformationCommand({ MaxResults: rows })),
    );
    const refusal = await refusalToSend(client, region);
    if (refusal !== undefined)
      return {
        status: 'problem',
        says: `It lists, but lets nothing be sent. ${refusal.message}`,
        advice: `See which service control policy or permissions boundary denies ssm:SendCommand in ${region} (the functions’ own policies allow it), or deploy again.`,
      };
    if (InstanceInformationList.length > 0)
      return {
        status: 'ok',
        says: 'It knows instances, and would take commands (tried on an instance that there is not, not with the role of Invoke Operation)',
      };
    return {
      status: 'warning',
      says: `It answers and manages no instance in ${region}`,
      advice: `Give instances the policy AmazonSSMManagedInstanceCore and an agent, or take ${region} out of awsRegions.`,
    };
  },
});
