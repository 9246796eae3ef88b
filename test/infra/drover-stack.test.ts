import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { createTableInput } from '#shared/persistence/table.ts';
import { runMachine } from '#shared/workflow/run-machine.ts';
import { type TaskSpec, taskRegistry } from '#shared/workflow/task-registry.ts';
import { fits } from './deployed-bus.ts';
import { synthesise } from './synth.ts';

const dev = synthesise();
const prod = synthesise({ stage: 'prod', retentionDays: '30', awsRegions: 'eu-west-1,us-east-1' });
const specs: readonly TaskSpec[] = Object.values(taskRegistry);
const isTask = (id: string) => id.startsWith('Tasks');

describe('the table', () => {
  it('is the one that the store is written for', () => {
    const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, BillingMode } = createTableInput('any');
    dev.template.hasResourceProperties('AWS::DynamoDB::Table', {
      KeySchema,
      GlobalSecondaryIndexes,
      BillingMode,
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
    const [[, resource] = []] = dev.ofType('AWS::DynamoDB::Table');
    expect(resource?.Properties.AttributeDefinitions).toHaveLength(AttributeDefinitions.length);
    expect(resource?.Properties.AttributeDefinitions).toEqual(expect.arrayContaining(AttributeDefinitions));
  });

  it('outlives the stack where the deployment says so', () => {
    const keeps = (context: Readonly<Record<string, string>>) =>
      synthesise(context)
        .ofType('AWS::DynamoDB::Table')
        .map(([, { DeletionPolicy }]) => DeletionPolicy);
    expect(keeps({ stage: 'prod', removal: 'destroy' })).toEqual(['Delete']);
    expect(keeps({ stage: 'dev', removal: 'keep' })).toEqual(['Retain']);
  });

  it('outlives the stack in production only', () => {
    prod.template.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Retain',
      Properties: { DeletionProtectionEnabled: true },
    });
    dev.template.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Delete',
      Properties: { DeletionProtectionEnabled: false },
    });
  });
});

describe('the bucket', () => {
  it('is private, encrypted and forgets what is old', () => {
    prod.template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      Properties: {
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        BucketEncryption: Match.anyValue(),
        LifecycleConfiguration: {
          Rules: [
            { ExpirationInDays: 1, Prefix: 'blobs/secrets/', Status: 'Enabled' },
            { ExpirationInDays: 1, Prefix: 'blobs/inventory/', Status: 'Enabled' },
            { ExpirationInDays: 1, Prefix: 'blobs/answers/', Status: 'Enabled' },
            // Contents of the library, in the other folder, never expire.
            {
              Prefix: 'blobs/',
              ExpirationInDays: 120,
              AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
              Status: 'Enabled',
            },
          ],
        },
      },
    });
  });

  it('refuses plain HTTP', () => {
    dev.template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      },
    });
  });
});

describe('the functions', () => {
  it('are one per task of the registry, one for the API, one for schedules and one that examines', () => {
    expect(dev.ofType('AWS::Lambda::Function')).toHaveLength(specs.length + 3);
  });

  it('have the size and time of the registry', () => {
    const sizes = dev
      .ofType('AWS::Lambda::Function')
      .filter(([id]) => isTask(id))
      .map(([, { Properties }]) => [Properties.MemorySize, Properties.Timeout]);
    expect(sizes.sort()).toEqual(specs.map(({ memoryMiB, timeoutSeconds }) => [memoryMiB, timeoutSeconds]).sort());
  });

  it('run on Node.js 24, arm64, traced, with logs that end', () => {
    dev.template.allResourcesProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      TracingConfig: { Mode: 'Active' },
      LoggingConfig: { LogFormat: 'JSON', LogGroup: Match.anyValue() },
    });
    dev.template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
  });

  it('reserve concurrency only where Lambda keeps what is too much, and only if the account has enough', () => {
    const reserved = (context: Readonly<Record<string, string>>) =>
      synthesise(context)
        .ofType('AWS::Lambda::Function')
        .flatMap(([id, { Properties }]) =>
          Properties.ReservedConcurrentExecutions === undefined ? [] : [id.slice(0, -8)],
        );
    expect(reserved({})).toEqual(['TasksOnAgentEvent', 'TasksSettleRun', 'TasksSweepRuns']);
    expect(reserved({ reserveConcurrency: 'false' })).toEqual([]);
  });

  it('write to their own log alone', () => {
    for (const [id, { Properties }] of dev.ofType('AWS::Lambda::Function')) {
      const [, role] = Object.entries(dev.resources).find(([name]) => name === Properties.Role['Fn::GetAtt'][0]) ?? [];
      expect(role?.Properties.ManagedPolicyArns, id).toBeUndefined();
    }
  });

  it('are told the regions, and never a secret', () => {
    const config = synthesise({
      awsRegions: 'eu-west-1,us-east-1',
      aliyunRegions: 'cn-hangzhou',
      aliyunParameter: '/drover/aliyun',
    });
    const environments = config
      .ofType('AWS::Lambda::Function')
      .map(([, { Properties }]) => Properties.Environment.Variables);
    expect(environments.filter((env) => env.DROVER_AWS_REGIONS === 'eu-west-1,us-east-1')).toHaveLength(6);
    expect(environments.filter((env) => env.DROVER_ALIYUN_PARAMETER === '/drover/aliyun')).toHaveLength(6);
    const suspect = environments.flatMap((env) =>
      Object.entries(env).filter(([name]) => /secret|password|token|accesskey/i.test(name)),
    );
    // Which names jobs may refer to, for those who plan, start, send and collect.
    expect(suspect.map(([name, value]) => `${name}=${value}`).sort()).toEqual([
      ...Array(4).fill('DROVER_MANAGER_SECRETS=drover/secrets/'),
      ...Array(4).fill('DROVER_SSM_SECRETS=/drover/secrets/'),
    ]);
  });
});

describe('the run machine', () => {
  const [[machineId, machine] = []] = dev.ofType('AWS::StepFunctions::StateMachine');

  it('is the document of the workflow, word for word', () => {
    expect(JSON.parse(machine?.Properties.DefinitionString)).toEqual(JSON.parse(JSON.stringify(runMachine)));
  });

  it('has a function for each placeholder of the document, and nothing else', () => {
    const substitutions: Record<string, { 'Fn::GetAtt': [string, string] }> =
      machine?.Properties.DefinitionSubstitutions;
    const placeholders = specs.flatMap(({ placeholder }) => placeholder ?? []);
    expect(
      Object.keys(substitutions)
        .map((name) => `\${${name}}`)
        .sort(),
    ).toEqual([...placeholders].sort());
    for (const [name, { 'Fn::GetAtt': target }] of Object.entries(substitutions)) {
      expect(target[0], name).toMatch(new RegExp(`^Tasks${name.replace(/Function$/, '')}[0-9A-F]{8}$`));
      expect(dev.resources[target[0]]?.Type).toBe('AWS::Lambda::Function');
    }
  });

  it('is logged without data, and traced', () => {
    expect(machine?.Properties).toMatchObject({
      LoggingConfiguration: { IncludeExecutionData: false, Level: 'ERROR' },
      TracingConfiguration: { Enabled: true },
    });
  });

  it('may run its own distributed Map, and that alone', () => {
    const [[, policy] = []] = dev.ofType('AWS::IAM::Policy').filter(([id]) => id.startsWith('WorkflowMapRuns'));
    const [start, watch, redrive] = policy?.Properties.PolicyDocument.Statement ?? [];
    expect(start).toMatchObject({ Action: 'states:StartExecution', Resource: { Ref: machineId } });
    expect(watch.Action).toEqual(['states:DescribeExecution', 'states:StopExecution']);
    expect(JSON.stringify(watch.Resource)).toMatch(/:execution:.*WorkflowRun.*":\*"/);
    expect(redrive.Action).toBe('states:RedriveExecution');
    expect(JSON.stringify(redrive.Resource)).toMatch(/:execution:.*WorkflowRun.*"\/Batch:\*"/);
  });
});

describe('events of agents', () => {
  it('reach On Agent Event when a command is over, without the script, and a queue when they cannot', () => {
    dev.template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.ssm'],
        'detail-type': ['EC2 Command Status-change Notification'],
        detail: {
          status: ['Success', 'Failed', 'TimedOut', 'Cancelled'],
          'document-name': ['AWS-RunShellScript', 'AWS-RunPowerShellScript'],
        },
      },
      Targets: [
        {
          Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('TasksOnAgentEvent'), 'Arn'] },
          DeadLetterConfig: { Arn: Match.anyValue() },
          RetryPolicy: { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 2 },
          InputTransformer: {
            InputPathsMap: {
              source: '$.source',
              'detail-command-id': '$.detail.command-id',
              'detail-status': '$.detail.status',
            },
            InputTemplate: '{"source":<source>,"detail":{"command-id":<detail-command-id>,"status":<detail-status>}}',
          },
        },
      ],
    });
  });
});

describe('events of other accounts', () => {
  const wide = synthesise({ awsAccounts: '[{"account":"222222222222"},{"account":"333333333333"}]' });
  const [[busId] = []] = wide.ofType('AWS::Events::EventBus');

  it('have no way in where there are no other accounts', () => {
    expect(dev.ofType('AWS::Events::EventBus')).toEqual([]);
    expect(dev.ofType('AWS::Events::EventBusPolicy')).toEqual([]);
  });

  it('come in by a bus of their own, into which exactly these accounts may put events', () => {
    const statements = wide.ofType('AWS::Events::EventBusPolicy').map(([, { Properties }]) => Properties.Statement);
    expect(statements).toHaveLength(1);
    expect(statements[0]).toMatchObject({ Action: 'events:PutEvents', Effect: 'Allow' });
    expect(statements[0].Resource).toEqual({ 'Fn::GetAtt': [busId, 'Arn'] });
    expect(JSON.stringify(statements[0].Principal).match(/iam::\d+:root/g)).toEqual([
      'iam::222222222222:root',
      'iam::333333333333:root',
    ]);
  });

  it('wake as the account’s own do, when they are of a listed account or of another region', () => {
    const [own, forwarded] = ['AgentEventsCommandEnded', 'AgentEventsForwardedCommandEnded'].map(
      (start) => wide.ofType('AWS::Events::Rule').find(([id]) => id.startsWith(start))?.[1].Properties,
    );
    expect(forwarded.EventBusName).toEqual({ Ref: busId });
    expect(forwarded.EventPattern).toEqual({
      ...own.EventPattern,
      account: [{ Ref: 'AWS::AccountId' }, '222222222222', '333333333333'],
    });
    expect(forwarded.Targets).toEqual(own.Targets);
    const permissions = wide
      .ofType('AWS::Lambda::Permission')
      .filter(([, { Properties }]) => JSON.stringify(Properties.SourceArn ?? '').includes('ForwardedCommandEnded'));
    expect(permissions).toHaveLength(1);
  });

  it('are told apart by their account: what somebody else might put there wakes nobody', () => {
    const [, rule] = wide.ofType('AWS::Events::Rule').find(([id]) => id.includes('ForwardedCommandEnded')) ?? [];
    const pattern = JSON.parse(JSON.stringify(rule?.Properties.EventPattern), (_, value) =>
      value?.Ref === 'AWS::AccountId' ? '111111111111' : value,
    );
    const event = (account: string, status: string) => ({
      ...{ source: 'aws.ssm', 'detail-type': 'EC2 Command Status-change Notification', account, region: 'us-east-1' },
      detail: { 'command-id': 'c-1', 'document-name': 'AWS-RunShellScript', status },
    });
    expect(fits(pattern, event('222222222222', 'Success'))).toBe(true);
    expect(fits(pattern, event('111111111111', 'TimedOut'))).toBe(true);
    expect(fits(pattern, event('444444444444', 'Success'))).toBe(false);
    expect(fits(pattern, event('222222222222', 'InProgress'))).toBe(false);
    expect(fits(pattern, { ...event('222222222222', 'Success'), source: 'of.somebody' })).toBe(false);
  });

  it('are of accounts that the functions know by a variable without secrets', () => {
    const told = synthesise({
      awsAccounts: '[{"account":"222222222222","role":"DroverTarget","externalId":"x-1"}]',
      aliyunAccounts: '[{"account":"12345","regions":["cn-hangzhou"],"secret":"shop/aliyun"}]',
    });
    const holders = told
      .ofType('AWS::Lambda::Function')
      .filter(([, { Properties }]) => 'DROVER_AWS_ACCOUNTS' in Properties.Environment.Variables);
    expect(holders).toHaveLength(6);
    for (const [, { Properties }] of holders)
      expect(Properties.Environment.Variables).toMatchObject({
        DROVER_AWS_ACCOUNT: { Ref: 'AWS::AccountId' },
        DROVER_AWS_ACCOUNTS: '[{"account":"222222222222","externalId":"x-1"}]',
        DROVER_ALIYUN_ACCOUNTS: '[{"account":"12345","regions":["cn-hangzhou"],"secret":"shop/aliyun"}]',
      });
  });
});

describe('schedules', () => {
  const [[roleId, role] = []] = dev.ofType('AWS::IAM::Role').filter(([id]) => id.startsWith('SchedulesRole'));
  const [[groupId] = []] = dev.ofType('AWS::Scheduler::ScheduleGroup');
  const [[fireId] = []] = dev.ofType('AWS::Lambda::Function').filter(([id]) => id.startsWith('SchedulesTimedFire'));
  const [[, api] = []] = dev.ofType('AWS::Lambda::Function').filter(([id]) => id.startsWith('ApiFunction'));

  it('call Timed Fire through a role of theirs, which only they can take and which can only do that', () => {
    expect(role?.Properties.AssumeRolePolicyDocument.Statement).toEqual([
      {
        Action: 'sts:AssumeRole',
        Effect: 'Allow',
        Principal: { Service: 'scheduler.amazonaws.com' },
        Condition: {
          StringEquals: {
            'aws:SourceAccount': { Ref: 'AWS::AccountId' },
            'aws:SourceArn': { 'Fn::GetAtt': [groupId, 'Arn'] },
          },
        },
      },
    ]);
    const [[, policy] = []] = dev
      .ofType('AWS::IAM::Policy')
      .filter(([, { Properties }]) => Properties.Roles[0].Ref === roleId);
    const actions = policy?.Properties.PolicyDocument.Statement.flatMap(({ Action }: { Action: unknown }) => Action);
    expect(actions.sort()).toEqual([
      'lambda:InvokeFunction',
      ...['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'],
    ]);
    expect(JSON.stringify(policy?.Properties.PolicyDocument.Statement[0].Resource)).toContain(`"${fireId}"`);
  });

  it('are kept by the API, which is told everything that one is made of', () => {
    expect(api?.Properties.Environment.Variables).toMatchObject({
      DROVER_SCHEDULER_GROUP: { Ref: groupId },
      DROVER_SCHEDULER_TARGET_ARN: { 'Fn::GetAtt': [fireId, 'Arn'] },
      DROVER_SCHEDULER_ROLE_ARN: { 'Fn::GetAtt': [roleId, 'Arn'] },
      DROVER_SCHEDULER_DEAD_LETTERS_ARN: expect.anything(),
    });
  });

  it('lead to a queue what failed three times', () => {
    dev.template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: { Ref: fireId },
      MaximumRetryAttempts: 2,
      DestinationConfig: { OnFailure: { Destination: Match.anyValue() } },
    });
  });
});

describe('calls that nobody waits for', () => {
  const [[queue] = []] = dev.ofType('AWS::SQS::Queue');

  it.each([
    ['OnAgentEvent', 60],
    ['SettleRun', 3600],
    ['SweepRuns', 600],
  ])('%s: are tried three times while they are of use, and then kept in the queue', (name, seconds) => {
    dev.template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: { Ref: Match.stringLikeRegexp(`^Tasks${name}`) },
      MaximumEventAgeInSeconds: seconds,
      MaximumRetryAttempts: 2,
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': [queue, 'Arn'] } } },
    });
    dev.template.hasResourceProperties('AWS::Events::Rule', {
      Targets: [
        Match.objectLike({
          Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp(`^Tasks${name}`), 'Arn'] },
          DeadLetterConfig: { Arn: { 'Fn::GetAtt': [queue, 'Arn'] } },
          RetryPolicy: { MaximumEventAgeInSeconds: seconds, MaximumRetryAttempts: 2 },
        }),
      ],
    });
  });
});

describe('open runs', () => {
  it('are settled when their execution ends badly; executions of the distributed Map are not meant', () => {
    const [[machineId] = []] = dev.ofType('AWS::StepFunctions::StateMachine');
    dev.template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: [{ Ref: machineId }], status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
      },
      Targets: [
        Match.objectLike({
          InputTransformer: {
            InputPathsMap: { 'detail-name': '$.detail.name' },
            InputTemplate: '{"name":<detail-name>}',
          },
        }),
      ],
    });
  });

  it('are looked after every ten minutes', () => {
    dev.template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(10 minutes)',
      State: 'ENABLED',
    });
  });
});

describe('the examiner', () => {
  const [[examineId, examine] = []] = dev.ofType('AWS::Lambda::Function').filter(([id]) => id.startsWith('Examiner'));

  it('is told what to look at', () => {
    const [queue] = dev.ofType('AWS::SQS::Queue').map(([id]) => id);
    const [group] = dev.ofType('AWS::Scheduler::ScheduleGroup').map(([id]) => id);
    expect(examine?.Properties.Environment.Variables).toMatchObject({
      DROVER_TABLE: expect.anything(),
      DROVER_BUCKET: expect.anything(),
      DROVER_STATE_MACHINE_ARN: expect.anything(),
      DROVER_AGENT_EVENTS_RULE: { Ref: expect.stringMatching(/^AgentEventsCommandEnded/) },
      DROVER_RUN_ENDS_RULE: { Ref: expect.stringMatching(/^RunWatchExecutionEnded/) },
      DROVER_SWEEP_RULE: { Ref: expect.stringMatching(/^RunWatchSweep/) },
      DROVER_DEAD_LETTERS_URL: { Ref: queue },
      DROVER_SCHEDULER_GROUP: { Ref: group },
    });
  });

  it('answers its one path, at each gateway, behind the gateway’s check', () => {
    const { template } = synthesise({ oidcIssuer: 'https://issuer.example', oidcAudience: 'drover' });
    const routes = Object.values(template.findResources('AWS::ApiGatewayV2::Route'));
    const own = routes.filter(({ Properties }) => Properties.RouteKey === 'GET /v1/examination');
    expect(own.map(({ Properties }) => Properties.AuthorizationType).sort()).toEqual(['AWS_IAM', 'JWT']);
    const integrations = template.findResources('AWS::ApiGatewayV2::Integration');
    for (const { Properties } of own) {
      const integration = JSON.stringify(Properties.Target).match(/"Ref":"(\w+)"/)?.[1] ?? '';
      expect(JSON.stringify(integrations[integration]?.['Properties'].IntegrationUri)).toContain(examineId);
    }
  });
});

describe('the HTTP API', () => {
  it('lets only signed requests through', () => {
    dev.template.allResourcesProperties('AWS::ApiGatewayV2::Route', { AuthorizationType: 'AWS_IAM' });
    dev.template.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: 'ANY /{proxy+}' });
  });

  it('lets tokens of the issuer through at an address of its own, and at no other', () => {
    const both = synthesise({ oidcIssuer: 'https://issuer.example', oidcAudience: 'drover' });
    both.template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Issuer: 'https://issuer.example', Audience: ['drover'] },
    });
    const proofs = both.ofType('AWS::ApiGatewayV2::Route').map(([, { Properties }]) => Properties.AuthorizationType);
    expect(proofs.sort()).toEqual(['AWS_IAM', 'AWS_IAM', 'JWT', 'JWT']);
    expect(
      new Set(both.ofType('AWS::ApiGatewayV2::Route').map(([, { Properties }]) => Properties.ApiId.Ref)).size,
    ).toBe(2);
  });

  it('is limited and logged', () => {
    dev.template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      DefaultRouteSettings: { ThrottlingBurstLimit: 200, ThrottlingRateLimit: 100 },
      AccessLogSettings: { DestinationArn: Match.anyValue() },
    });
  });
});
