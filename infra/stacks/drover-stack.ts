import { CfnOutput, Stack, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { CodeOf } from '../bundle-functions.ts';
import { type Config, consoleClientOf, keepsData } from '../config.ts';
import { AgentEvents } from '../constructs/agent-events.ts';
import { ConsoleHosting } from '../constructs/console-hosting.ts';
import { DeadLetters } from '../constructs/dead-letters.ts';
import { Examiner } from '../constructs/examiner.ts';
import { createApiFunction, TaskFunctions } from '../constructs/functions.ts';
import { GuardedHttpApi, type HttpApiProps } from '../constructs/http-api.ts';
import { Observability } from '../constructs/observability.ts';
import { RunWatch } from '../constructs/run-watch.ts';
import { RunWorkflow } from '../constructs/run-workflow.ts';
import { Schedules } from '../constructs/schedules.ts';
import { Storage } from '../constructs/storage.ts';
import { tasksThatNeed } from '../function-table.ts';

/** What a deployment is made of. */
export interface DroverStackProps {
  readonly config: Config;
  readonly codeOf: CodeOf;
}

/** The whole product in one account and region. */
export class DroverStack extends Stack {
  constructor(scope: Construct, id: string, { config, codeOf }: DroverStackProps) {
    super(scope, id, { description: `Drover ${config.stage}`, terminationProtection: keepsData(config) });
    const { logDays } = config;
    const storage = new Storage(this, 'Storage', { config });
    const tasks = new TaskFunctions(this, 'Tasks', { config, storage, codeOf });
    const workflow = new RunWorkflow(this, 'Workflow', { functions: tasks.byTask, logDays });
    const { stateMachine } = workflow;
    const api = createApiFunction(this, { config, storage, codeOf, stateMachine });

    const deadLetters = new DeadLetters(this, 'DeadLetters');
    const schedules = new Schedules(this, 'Schedules', { config, storage, codeOf, stateMachine, deadLetters });
    schedules.grantKeep(api);
    workflow.grantCompleteTasks([api, schedules.fire, ...tasksThatNeed('completeTasks').map((name) => tasks.of(name))]);
    workflow.grantWatchRuns(tasksThatNeed('watchRuns').map((name) => tasks.of(name)));
    const agentEvents = new AgentEvents(this, 'AgentEvents', { config, target: tasks.of('onAgentEvent'), deadLetters });
    const runWatch = new RunWatch(this, 'RunWatch', {
      ...{ stateMachine, deadLetters },
      settleRun: tasks.of('settleRun'),
      sweepRuns: tasks.of('sweepRuns'),
    });
    const examiner = new Examiner(this, 'Examiner', {
      ...{ config, storage, codeOf, stateMachine, agentEvents, runWatch },
      deadLetters: deadLetters.queue,
      scheduleGroup: schedules.group,
    });
    const answers = { target: api, examiner: examiner.examine, logDays };
    const http = new GuardedHttpApi(this, 'Http', answers);
    const tokenHttp = this.addTokenApi(config, answers);
    const client = consoleClientOf(config);
    if (tokenHttp !== undefined && client !== undefined)
      new ConsoleHosting(this, 'Console', { ...{ config, storage, codeOf, client }, http: tokenHttp });
    new Observability(this, 'Observability', {
      ...{ config, stateMachine },
      deadLetters: deadLetters.queue,
      table: storage.table,
      apiId: http.api.apiId,
      sweepRuns: tasks.of('sweepRuns'),
      invokeOperation: tasks.of('invokeOperation'),
    });

    Tags.of(this).add('drover:stage', config.stage);
    new CfnOutput(this, 'ApiUrl', { value: http.api.apiEndpoint, description: 'Signed with AWS credentials' });
    new CfnOutput(this, 'StateMachineArn', { value: stateMachine.stateMachineArn });
    new CfnOutput(this, 'TableName', { value: storage.table.tableName });
    new CfnOutput(this, 'BucketName', { value: storage.bucket.bucketName });
  }

  /** A route has one authorizer, so callers with tokens have a gateway of their own in front of the same app. */
  private addTokenApi(
    { oidcIssuer, oidcAudience }: Config,
    answers: Omit<HttpApiProps, 'tokensOf'>,
  ): GuardedHttpApi | undefined {
    if (oidcIssuer === undefined || oidcAudience === undefined) return undefined;
    const tokensOf = { issuer: oidcIssuer, audience: oidcAudience };
    const http = new GuardedHttpApi(this, 'TokenHttp', { ...answers, tokensOf });
    new CfnOutput(this, 'TokenApiUrl', { value: http.api.apiEndpoint, description: `With tokens of ${oidcIssuer}` });
    return http;
  }
}
