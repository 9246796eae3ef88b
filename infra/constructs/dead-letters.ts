import { Duration } from 'aws-cdk-lib';
import type { RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { EventInvokeConfig, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

/** A function behind a rule, and for how long an event is of use to it. */
export interface Delivery {
  readonly target: IFunction;
  readonly input?: RuleTargetInput;
  /** At least a minute. */
  readonly goodFor: Duration;
}

/** The queue of what could not be delivered, or failed each time that it was. */
export class DeadLetters extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
  }

  /**
   * The target of a rule that tries an event three times while it is of use, and keeps it here otherwise. Both EventBridge and Lambda try: an
   * event that was handed over waits in Lambda, by itself for up to six hours.
   */
  deliver(id: string, { target, input, goodFor }: Delivery): LambdaFunction {
    new EventInvokeConfig(this, id, {
      function: target,
      maxEventAge: goodFor,
      retryAttempts: 2,
      onFailure: new SqsDestination(this.queue),
    });
    return new LambdaFunction(target, {
      ...(input === undefined ? {} : { event: input }),
      deadLetterQueue: this.queue,
      maxEventAge: goodFor,
      retryAttempts: 2,
    });
  }
}
