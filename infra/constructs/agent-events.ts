import { Aws, CfnOutput, Duration } from 'aws-cdk-lib';
import {
  EventBus,
  EventField,
  type EventPattern,
  type IRuleTarget,
  Rule,
  RuleTargetInput,
} from 'aws-cdk-lib/aws-events';
import { AccountPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { ssmDocuments } from '#shared/config/ssm-documents.ts';
import type { Config } from '../config.ts';
import type { DeadLetters } from './dead-letters.ts';

/** Statuses at which a command is over (SSM user guide, "Monitoring Systems Manager events with EventBridge"). */
const ended = ['Success', 'Failed', 'TimedOut', 'Cancelled'];

/** A command as a whole is over. */
const commandEnded: EventPattern = {
  source: ['aws.ssm'],
  detailType: ['EC2 Command Status-change Notification'],
  detail: { status: ended, 'document-name': Object.values(ssmDocuments) },
};

/** What events of agents go to. */
export interface AgentEventsProps {
  readonly config: Config;
  readonly target: IFunction;
  readonly deadLetters: DeadLetters;
}

/**
 * Wakes the run machine when SSM says that a command is over. Events of SSM are best effort and stay in their account and region: one that is
 * lost, or is not forwarded, costs only the time until the next look.
 */
export class AgentEvents extends Construct {
  readonly rule: Rule;

  constructor(scope: Construct, id: string, { config, target, deadLetters }: AgentEventsProps) {
    super(scope, id);
    const eventTarget = deadLetters.deliver('AgentEvents', {
      target,
      // The event as SSM sends it carries the whole script, which has no business in queues.
      input: RuleTargetInput.fromObject({
        source: EventField.source,
        detail: {
          'command-id': EventField.fromPath('$.detail.command-id'),
          status: EventField.fromPath('$.detail.status'),
        },
      }),
      // After that the batch has looked by itself.
      goodFor: Duration.minutes(1),
    });
    this.rule = new Rule(this, 'CommandEnded', {
      description: 'SSM commands that are over, to On Agent Event',
      eventPattern: commandEnded,
      targets: [eventTarget],
    });
    const accounts = config.awsAccounts.map(({ account }) => account);
    if (accounts.length > 0) this.acceptFrom(accounts, eventTarget);
  }

  /** A bus of its own for what other accounts, and other regions of this one, forward: they can put nothing into the account's own bus. */
  private acceptFrom(accounts: readonly string[], target: IRuleTarget): void {
    const bus = new EventBus(this, 'Forwarded', { eventBusName: `${Aws.STACK_NAME}-agents` });
    bus.addToResourcePolicy(
      new PolicyStatement({
        sid: 'TargetAccounts',
        actions: ['events:PutEvents'],
        principals: accounts.map((account) => new AccountPrincipal(account)),
        resources: [bus.eventBusArn],
      }),
    );
    new Rule(this, 'ForwardedCommandEnded', {
      description: 'SSM commands of other accounts that are over, to On Agent Event',
      eventBus: bus,
      eventPattern: { ...commandEnded, account: [Aws.ACCOUNT_ID, ...accounts] },
      targets: [target],
    });
    new CfnOutput(this, 'BusArn', {
      value: bus.eventBusArn,
      description: 'EventBusArn of docs/cross-account-role.yaml',
    }).overrideLogicalId('AgentEventBusArn');
  }
}
