import { CfnOutput, Stack, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Config } from '../config.ts';
import { AgentEvents } from '../constructs/agent-events.ts';
import { createApiFunction, TaskFunctions } from '../constructs/functions.ts';
import { SignedHttpApi } from '../constructs/http-api.ts';
import { RunWorkflow } from '../constructs/run-workflow.ts';
import { Schedules } from '../constructs/schedules.ts';
import { Storage } from '../constructs/storage.ts';
import { tasksThatNeed } from '../function-table.ts';

/** The whole product in one account and region. */
export class DroverStack extends Stack {
  constructor(scope: Construct, id: string, { config }: { readonly config: Config }) {
    super(scope, id, { description: `Drover ${config.stage}`, terminationProtection: config.stage === 'prod' });
    const { logDays } = config;
    const storage = new Storage(this, 'Storage', { config });
    const tasks = new TaskFunctions(this, 'Tasks', { config, storage });
    const workflow = new RunWorkflow(this, 'Workflow', { functions: tasks.byTask, logDays });
    const { stateMachine } = workflow;
    const api = createApiFunction(this, { config, storage, stateMachine });

    const schedules = new Schedules(this, 'Schedules', { config, storage, stateMachine });
    schedules.grantKeep(api);
    workflow.grantCompleteTasks([api, schedules.fire, ...tasksThatNeed('completeTasks').map((name) => tasks.of(name))]);
    new AgentEvents(this, 'AgentEvents', { target: tasks.of('onAgentEvent') });
    const http = new SignedHttpApi(this, 'Http', { target: api, logDays });

    Tags.of(this).add('drover:stage', config.stage);
    new CfnOutput(this, 'ApiUrl', { value: http.api.apiEndpoint, description: 'Signed with AWS credentials' });
    new CfnOutput(this, 'StateMachineArn', { value: stateMachine.stateMachineArn });
    new CfnOutput(this, 'TableName', { value: storage.table.tableName });
    new CfnOutput(this, 'BucketName', { value: storage.bucket.bucketName });
  }
}
