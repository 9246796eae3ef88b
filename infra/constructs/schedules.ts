import { Aws, Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { variables } from '#shared/config/variables.ts';
import { timedFireRow } from '../function-table.ts';
import type { DeadLetters } from './dead-letters.ts';
import { createStartingFunction, type FunctionScope } from './functions.ts';
import type { HouseFunction } from './house-function.ts';

/** What schedules stand on. */
export interface SchedulesProps extends FunctionScope {
  readonly stateMachine: StateMachine;
  readonly deadLetters: DeadLetters;
}

/**
 * Timed invocations: a group of EventBridge schedules, which the API keeps, and the function that they call when one is due. They call it through
 * a role that can do nothing else. What cannot be delivered, or fails three times, is in the dead letters, and at the next due time on record
 * as missed.
 */
export class Schedules extends Construct {
  readonly fire: HouseFunction;
  readonly role: Role;
  private readonly deadLetters: Queue;
  readonly group: CfnScheduleGroup;

  constructor(scope: Construct, id: string, props: SchedulesProps) {
    super(scope, id);
    this.group = new CfnScheduleGroup(this, 'Group', { name: Aws.STACK_NAME });
    this.deadLetters = props.deadLetters.queue;
    this.fire = createStartingFunction(this, 'TimedFire', timedFireRow, props);
    this.fire.configureAsyncInvoke({
      retryAttempts: 2,
      maxEventAge: Duration.hours(1),
      onFailure: new SqsDestination(this.deadLetters),
    });
    this.role = new Role(this, 'Role', {
      description: 'Lets EventBridge Scheduler call Timed Fire',
      // Only schedules of this group: no other schedule of the account can take the role.
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID, 'aws:SourceArn': this.group.attrArn } },
      }),
    });
    this.fire.grantInvoke(this.role);
    this.deadLetters.grantSendMessages(this.role);
  }

  /** Lets a function keep the schedules of the group. */
  grantKeep(target: HouseFunction): void {
    const schedules = Stack.of(this).formatArn({
      service: 'scheduler',
      resource: 'schedule',
      resourceName: `${Aws.STACK_NAME}/*`,
    });
    target.addToRolePolicy(
      new PolicyStatement({
        actions: ['scheduler:CreateSchedule', 'scheduler:UpdateSchedule', 'scheduler:DeleteSchedule'],
        resources: [schedules],
      }),
    );
    target.addToRolePolicy(
      new PolicyStatement({
        actions: ['iam:PassRole'],
        resources: [this.role.roleArn],
        conditions: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
      }),
    );
    target.addEnvironment(variables.schedulerGroup, this.group.ref);
    target.addEnvironment(variables.schedulerTarget, this.fire.functionArn);
    target.addEnvironment(variables.schedulerRole, this.role.roleArn);
    target.addEnvironment(variables.schedulerDeadLetters, this.deadLetters.queueArn);
  }
}
