import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { variables } from '#shared/config/variables.ts';
import { examineRow } from '../function-table.ts';
import type { AgentEvents } from './agent-events.ts';
import { createFunction, type FunctionScope } from './functions.ts';
import type { HouseFunction } from './house-function.ts';
import type { RunWatch } from './run-watch.ts';

/** What is looked at, beside the storage and the clouds. */
export interface ExaminerProps extends FunctionScope {
  readonly stateMachine: StateMachine;
  readonly agentEvents: AgentEvents;
  readonly runWatch: RunWatch;
  readonly deadLetters: Queue;
  readonly scheduleGroup: CfnScheduleGroup;
}

/** The function that looks how the deployment is. It may look at everything that there is one of, and change nothing of it. */
export class Examiner extends Construct {
  readonly examine: HouseFunction;

  constructor(scope: Construct, id: string, props: ExaminerProps) {
    super(scope, id);
    const { stateMachine, agentEvents, runWatch, deadLetters, scheduleGroup } = props;
    const rules = [agentEvents.rule, runWatch.endsRule, runWatch.sweepRule];
    this.examine = createFunction(this, 'Examine', examineRow, props);
    this.allow(['states:DescribeStateMachine'], [stateMachine.stateMachineArn]);
    this.allow(
      ['events:DescribeRule', 'events:ListTargetsByRule'],
      rules.map(({ ruleArn }) => ruleArn),
    );
    this.allow(['sqs:GetQueueAttributes'], [deadLetters.queueArn]);
    this.allow(['scheduler:GetScheduleGroup'], [scheduleGroup.attrArn]);
    const environment = {
      [variables.stateMachine]: stateMachine.stateMachineArn,
      [variables.agentEventsRule]: agentEvents.rule.ruleName,
      [variables.runEndsRule]: runWatch.endsRule.ruleName,
      [variables.sweepRule]: runWatch.sweepRule.ruleName,
      [variables.deadLetters]: deadLetters.queueUrl,
      [variables.schedulerGroup]: scheduleGroup.ref,
    };
    for (const [name, value] of Object.entries(environment)) this.examine.addEnvironment(name, value);
  }

  private allow(actions: readonly string[], resources: readonly string[]): void {
    this.examine.addToRolePolicy(new PolicyStatement({ actions: [...actions], resources: [...resources] }));
  }
}
