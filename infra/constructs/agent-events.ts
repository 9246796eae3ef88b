import { Duration } from 'aws-cdk-lib';
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { EventInvokeConfig, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ssmDocuments } from '#shared/config/ssm-documents.ts';

/** Statuses at which a command is over (SSM user guide, "Monitoring Systems Manager events with EventBridge"). */
const ended = ['Success', 'Failed', 'TimedOut', 'Cancelled'];

/**
 * Wakes the run machine when SSM says that a command is over. Events of SSM are best effort and regional: one that is lost, or is of another
 * region, costs only the time until the next look.
 */
export class AgentEvents extends Construct {
  readonly deadLetters: Queue;
  readonly rule: Rule;

  constructor(scope: Construct, id: string, { target }: { readonly target: IFunction }) {
    super(scope, id);
    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    // An event that EventBridge has handed over waits in Lambda, by itself for up to six hours.
    new EventInvokeConfig(this, 'Invoke', {
      function: target,
      maxEventAge: Duration.minutes(1),
      retryAttempts: 2,
      onFailure: new SqsDestination(this.deadLetters),
    });
    this.rule = new Rule(this, 'CommandEnded', {
      description: 'SSM commands that are over, to On Agent Event',
      eventPattern: {
        source: ['aws.ssm'],
        detailType: ['EC2 Command Status-change Notification'],
        detail: { status: ended, 'document-name': Object.values(ssmDocuments) },
      },
      targets: [
        new LambdaFunction(target, {
          // The event as SSM sends it carries the whole script, which has no business in queues.
          event: RuleTargetInput.fromObject({
            source: EventField.source,
            detail: {
              'command-id': EventField.fromPath('$.detail.command-id'),
              status: EventField.fromPath('$.detail.status'),
            },
          }),
          deadLetterQueue: this.deadLetters,
          // After that the batch has looked by itself.
          maxEventAge: Duration.minutes(1),
          retryAttempts: 2,
        }),
      ],
    });
  }
}
