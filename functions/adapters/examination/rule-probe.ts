import { DescribeRuleCommand, type EventBridgeClient, ListTargetsByRuleCommand } from '@aws-sdk/client-eventbridge';
import { callService } from '#functions/adapters/aws/service-error.ts';
import type { Probe } from '#shared/ports/examination.ts';

/** A rule of EventBridge, and what is lost without it. */
export interface WatchedRule {
  readonly check: string;
  readonly name: string;
  readonly withoutIt: string;
}

const service = { name: 'EventBridge', unavailable: 'engine.unavailable' } as const;

/** Whether a rule is enabled and calls a function. */
export const ruleProbe = (client: EventBridgeClient, { check, name, withoutIt }: WatchedRule): Probe => ({
  check,
  needs: `Allow events:DescribeRule and events:ListTargetsByRule on the rule ${name}, or deploy again if it is gone: ${withoutIt}`,
  look: async () => {
    const { State } = await callService(service, client.send(new DescribeRuleCommand({ Name: name })));
    if (State !== 'ENABLED' && State !== 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS')
      return {
        status: 'problem',
        says: `The rule ${name} is ${State}: ${withoutIt}`,
        advice: `aws events enable-rule --name ${name}`,
      };
    const { Targets = [] } = await callService(service, client.send(new ListTargetsByRuleCommand({ Rule: name })));
    if (Targets.some(({ Arn = '' }) => /^arn:[\w-]+:lambda:/.test(Arn)))
      return { status: 'ok', says: `The rule ${name} is enabled and calls its function` };
    return {
      status: 'problem',
      says: `The rule ${name} calls no function: ${withoutIt}`,
      advice: 'Deploy again (npm run deploy): its target was taken away.',
    };
  },
});
