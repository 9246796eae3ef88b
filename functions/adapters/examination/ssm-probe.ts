import { DescribeInstanceInformationCommand, SendCommandCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { callService, serviceError } from '#functions/adapters/aws/service-error.ts';
import { classifyAws } from '#functions/adapters/ssm/ssm-failures.ts';
import { noInstance, ssmDocuments } from '#shared/config/ssm-documents.ts';
import { type AppError, isAppError } from '#shared/errors/app-error.ts';
import type { AgentScope } from '#shared/ports/agent.ts';
import type { Probe } from '#shared/ports/examination.ts';
import { placeOf } from './place-of.ts';

/** As few as SSM gives. */
const rows = 5;

/**
 * Why nothing can be sent; undefined when SSM lets it through to where it finds that there is no such instance, which comes after the rights. Throws what
 * may go away by itself.
 */
const refusalToSend = async (client: SSMClient, place: string): Promise<AppError | undefined> => {
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
    const error = serviceError(thrown, { name: `SSM in ${place}`, unavailable: 'agent.unavailable' });
    if (isAppError(error, 'config.invalid')) return error;
    throw error;
  }
};

/**
 * Whether SSM of an account and region is reached, lets Drover list, and would take a command. SendCommand has no dry run: it is tried on an instance that
 * there is not. In the own account this is done by this function, and the policies of those that really send are their own; in other accounts, by the role
 * that they assume too.
 */
export const ssmProbe = (clientFor: (scope: AgentScope) => SSMClient, scope: AgentScope): Probe => ({
  check: `ssm ${placeOf(scope)}`,
  needs:
    scope.account === undefined
      ? `Allow ssm:DescribeInstanceInformation in ${scope.region}; see that no service control policy denies it, and that the region is enabled.`
      : `Deploy docs/cross-account-role.yaml in the account ${scope.account}, and see that ${scope.region} is enabled there: the role allows ssm:DescribeInstanceInformation and ssm:SendCommand.`,
  look: async () => {
    const [client, place] = [clientFor(scope), placeOf(scope)];
    const { InstanceInformationList = [] } = await callService(
      { name: `SSM in ${place}`, unavailable: 'agent.unavailable' },
      client.send(new DescribeInstanceInformationCommand({ MaxResults: rows })),
    );
    const refusal = await refusalToSend(client, place);
    if (refusal !== undefined)
      return {
        status: 'problem',
        says: `It lists, but lets nothing be sent. ${refusal.message}`,
        advice: `See which service control policy or permissions boundary denies ssm:SendCommand in ${place} (the policies that are deployed allow it), or deploy again.`,
      };
    if (InstanceInformationList.length > 0)
      return {
        status: 'ok',
        says: `It knows instances, and would take commands (tried on an instance that there is not${scope.account === undefined ? ', not with the role of Invoke Operation' : ''})`,
      };
    return {
      status: 'warning',
      says: `It answers and manages no instance in ${place}`,
      advice: `Give instances the policy AmazonSSMManagedInstanceCore and an agent, or take ${place} out of ${scope.account === undefined ? 'awsRegions' : 'awsAccounts'}.`,
    };
  },
});
