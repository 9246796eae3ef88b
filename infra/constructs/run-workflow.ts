import { Arn, ArnFormat, Aws, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { variables } from '#shared/config/variables.ts';
import { type StateMachine as Definition, statesOf } from '#shared/workflow/asl.ts';
import { runMachine } from '#shared/workflow/run-machine.ts';
import { type TaskName, type TaskSpec, taskRegistry } from '#shared/workflow/task-registry.ts';

/** What the workflow calls. */
export interface RunWorkflowProps {
  readonly functions: ReadonlyMap<TaskName, IFunction>;
  readonly logDays: RetentionDays;
}

/** `${StartRunFunction}` in the document is the variable `StartRunFunction`. */
const variableOf = (placeholder: string): string => placeholder.slice('${'.length, -'}'.length);

const labelsOf = (machine: Definition): readonly string[] =>
  statesOf(machine).flatMap(([, state]) => (state.Type === 'Map' && state.Label !== undefined ? [state.Label] : []));

/**
 * The run machine. Given as text, the document gets nothing from CDK: time limits, retries and catches are written in it, and the rights
 * are granted here.
 */
export class RunWorkflow extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, { functions, logDays }: RunWorkflowProps) {
    super(scope, id);
    const called = [...functions].flatMap(([name, target]) => {
      const { placeholder }: TaskSpec = taskRegistry[name];
      return placeholder === undefined ? [] : [{ variable: variableOf(placeholder), target }];
    });
    this.stateMachine = new StateMachine(this, 'Run', {
      definitionBody: DefinitionBody.fromString(JSON.stringify(runMachine)),
      definitionSubstitutions: Object.fromEntries(called.map(({ variable, target }) => [variable, target.functionArn])),
      tracingEnabled: true,
      logs: {
        // Names under /aws/vendedlogs need no resource policy of their own, of which an account has few.
        destination: new LogGroup(this, 'Log', {
          logGroupName: `/aws/vendedlogs/states/${Aws.STACK_NAME}`,
          retention: logDays,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: LogLevel.ERROR,
        includeExecutionData: false,
      },
    });
    // Exactly these, without the versions that a grant of the CDK adds.
    this.stateMachine.addToRolePolicy(
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: called.map(({ target }) => target.functionArn),
      }),
    );
    this.grantMapRuns();
  }

  /** A distributed Map starts, watches and stops executions of the machine itself. */
  private grantMapRuns(): void {
    const { stateMachine } = this;
    const policy = new Policy(this, 'MapRuns', { roles: [stateMachine.role] });
    policy.addStatements(
      new PolicyStatement({ actions: ['states:StartExecution'], resources: [stateMachine.stateMachineArn] }),
      new PolicyStatement({
        actions: ['states:DescribeExecution', 'states:StopExecution'],
        resources: [this.executions('')],
      }),
      new PolicyStatement({
        actions: ['states:RedriveExecution'],
        resources: labelsOf(runMachine).map((label) => this.executions(`/${label}`)),
      }),
    );
  }

  private executions(mapRun: string): string {
    const { resourceName } = Arn.split(this.stateMachine.stateMachineArn, ArnFormat.COLON_RESOURCE_NAME);
    return Stack.of(this).formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${resourceName}${mapRun}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  /**
   * Lets functions complete parked tasks. The policy is apart from their roles' own: those come before the functions, the functions before
   * the machine, and the machine before this.
   */
  grantCompleteTasks(functions: readonly IFunction[]): void {
    const roles = functions.flatMap((one) => one.role ?? []);
    const policy = new Policy(this, 'CompleteTasks', { roles });
    policy.addStatements(
      new PolicyStatement({ actions: ['states:SendTaskSuccess'], resources: [this.stateMachine.stateMachineArn] }),
    );
  }

  /** Lets functions ask how executions of runs stand, and start them. They are none that the machine calls. */
  grantWatchRuns(functions: readonly LambdaFunction[]): void {
    for (const one of functions) {
      one.addEnvironment(variables.stateMachine, this.stateMachine.stateMachineArn);
      one.addToRolePolicy(
        new PolicyStatement({ actions: ['states:DescribeExecution'], resources: [this.executions('')] }),
      );
      this.stateMachine.grantStartExecution(one);
    }
  }
}
