import { SendCommandCommand } from '@aws-sdk/client-ssm';
import type { RetryPolicy } from '#functions/adapters/agent/back-off.ts';
import { createCaller, type Pacing } from '#functions/adapters/agent/caller.ts';
import { sendToKnown } from '#functions/adapters/agent/send-to-known.ts';
import { ssmUpdateDocument } from '#shared/config/ssm-documents.ts';
import type { AgentCare, CareResult } from '#shared/ports/agent-care.ts';
import { callName, pageSize, type SsmContext } from './ssm-context.ts';
import { classifyAws } from './ssm-failures.ts';
import { validateInstances } from './ssm-instances.ts';
import { blamesInstance } from './ssm-send.ts';

/** What looking after the agents of AWS needs. */
export interface SsmCareOptions extends Pacing {
  readonly clientFor: SsmContext['clientFor'];
  readonly retries?: RetryPolicy;
}

/** How long an agent gets to fetch the update. */
const deliverySeconds = 3600;

/**
 * Brings SSM agents up to date with AWS's own document for it, which replaces the agent on the running instance. SSM can do nothing for an
 * instance that it does not know.
 */
export const createSsmCare = (options: SsmCareOptions): AgentCare => {
  const context = { clientFor: options.clientFor, caller: createCaller(classifyAws, options, options.retries) };
  return {
    instances: pageSize,
    bring: async ({ instanceIds, reboot: _reboot, ...scope }) => {
      const receipt = await sendToKnown(
        {
          send: async (ids) => {
            const answer = await context.caller.ask({
              what: callName('SendCommand', scope),
              run: () =>
                context.clientFor(scope).send(
                  new SendCommandCommand({
                    DocumentName: ssmUpdateDocument,
                    InstanceIds: [...ids],
                    Comment: 'drover agents install',
                    TimeoutSeconds: deliverySeconds,
                    MaxErrors: '100%',
                  }),
                ),
              // An agent that is up to date takes no harm from a second one.
              repeatable: true,
            });
            return answer.refused ? answer : { refused: false, value: answer.value.Command?.CommandId ?? '' };
          },
          blamesInstance,
          validate: (ids) => validateInstances(context, scope, ids),
        },
        instanceIds,
      );
      const refusals = new Map(receipt.refusals.map((one) => [one.instanceId, one.reason]));
      return instanceIds.map((instanceId): CareResult => {
        const reason = refusals.get(instanceId);
        return reason === undefined
          ? { instanceId, refused: false, says: `the update was sent (${receipt.agentInvocationId ?? ''})` }
          : { instanceId, refused: true, says: reason };
      });
    },
  };
};
