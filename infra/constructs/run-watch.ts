import { Duration } from 'aws-cdk-lib';
import { EventField, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { DeadLetters } from './dead-letters.ts';

/** Between two sweeps. `sweep-runs` counts on it. */
const sweepEvery = Duration.minutes(10);

/** What watches over runs. */
export interface RunWatchProps {
  readonly stateMachine: StateMachine;
  readonly settleRun: IFunction;
  readonly sweepRuns: IFunction;
  readonly deadLetters: DeadLetters;
}

/**
 * Sees to it that no run stays open for ever: the end of an execution that did not come to its own end is told to Settle Run, and Sweep Runs
 * looks after what no event was heard of.
 */
export class RunWatch extends Construct {
  readonly endsRule: Rule;
  readonly sweepRule: Rule;

  constructor(scope: Construct, id: string, { stateMachine, settleRun, sweepRuns, deadLetters }: RunWatchProps) {
    super(scope, id);
    this.endsRule = new Rule(this, 'ExecutionEnded', {
      description: 'Executions of runs that failed, timed out or were stopped, to Settle Run',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        // Executions of the distributed Map carry its label behind the name of the machine, and so are not meant.
        detail: { stateMachineArn: [stateMachine.stateMachineArn], status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
      },
      targets: [
        deadLetters.deliver('ExecutionEnds', {
          target: settleRun,
          // What it ended with is asked of Step Functions: the event may be late.
          input: RuleTargetInput.fromObject({ name: EventField.fromPath('$.detail.name') }),
          goodFor: Duration.hours(1),
        }),
      ],
    });
    this.sweepRule = new Rule(this, 'Sweep', {
      description: 'Looks after open runs, by Sweep Runs',
      schedule: Schedule.rate(sweepEvery),
      targets: [
        deadLetters.deliver('Sweeps', {
          target: sweepRuns,
          input: RuleTargetInput.fromObject({}),
          goodFor: sweepEvery,
        }),
      ],
    });
  }
}
