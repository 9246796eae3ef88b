import { Duration } from 'aws-cdk-lib';
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { ssmDocuments } from '#shared/config/ssm-documents.ts';
import type { DeadLetters } from './dead-letters.ts';

/** Statuses at which a command is over (SSM user guide, "Monitoring Systems Manager events with EventBridge"). */
const ended = ['Success', 'Failed', 'TimedOut', 'Cancelled'];

/** What events of agents go to. */
export interface AgentEventsProps {
  readonly target: IFunction;
  readonly deadLetters: DeadLetters;
}

/**
 * Wakes the run machine when SSM says that a command is over. Events of SSM are best effort and regional: one that is lost, or is of another
 * region, costs only the time until the next look.
 */
export class AgentEvents extends Construct {
  readonly rule: Rule;

  constructor(scope: Construct, id: string, { target, deadLetters }: AgentEventsProps) {
    super(scope, id);
    this.rule = new Rule(this, 'CommandEnded', {
      description: 'SSM commands that are over, to On Agent Event',
      eventPattern: {
        source: ['aws.ssm'],
        detailType: ['EC2 Command Status-change Notification'],
        detail: { status: ended, 'document-name': Object.values(ssmDocuments) },
      },
      targets: [
        deadLetters.deliver('AgentEvents', {
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
        }),
      ],
    });
  }
}
