import { describe, expect, it } from 'vitest';
import { actionsOf, statementsByOwner } from './statements.ts';
import { synthesise } from './synth.ts';

const stack = synthesise({ aliyunRegions: 'cn-hangzhou', aliyunParameter: '/drover/aliyun' });
const owners = statementsByOwner(stack);

const rightsOf = (owner: string, service: string): readonly string[] =>
  (owners.get(owner) ?? [])
    .flatMap(actionsOf)
    .filter((action) => action.startsWith(`${service}:`))
    .sort();

const holdersOf = (action: string): readonly string[] =>
  [...owners].flatMap(([owner, statements]) => (statements.flatMap(actionsOf).includes(action) ? [owner] : [])).sort();

/** Calls that IAM knows no resources for (service authorization reference). Those on clouds are held to the configured regions. */
const everywhere: Readonly<Record<string, 'anywhere' | 'configured regions'>> = {
  'xray:PutTraceSegments': 'anywhere',
  'xray:PutTelemetryRecords': 'anywhere',
  'xray:GetSamplingRules': 'anywhere',
  'xray:GetSamplingTargets': 'anywhere',
  'logs:CreateLogDelivery': 'anywhere',
  'logs:GetLogDelivery': 'anywhere',
  'logs:UpdateLogDelivery': 'anywhere',
  'logs:DeleteLogDelivery': 'anywhere',
  'logs:ListLogDeliveries': 'anywhere',
  'logs:PutResourcePolicy': 'anywhere',
  'logs:DescribeResourcePolicies': 'anywhere',
  'logs:DescribeLogGroups': 'anywhere',
  'ssm:ListCommands': 'configured regions',
  'ssm:ListCommandInvocations': 'configured regions',
  'ssm:GetCommandInvocation': 'configured regions',
  'ssm:CancelCommand': 'configured regions',
  'ssm:DescribeInstanceInformation': 'configured regions',
  'tag:GetResources': 'configured regions',
};

/** Functions that call the clouds whose instances are targets. */
const callersOfClouds = [
  'ApiFunction',
  'ExaminerExamine',
  'SchedulesTimedFire',
  'TasksCollectResults',
  'TasksInvokeOperation',
  'TasksNextStage',
];

describe('the rights of the functions', () => {
  it('let all that call clouds share their rate limits', () => {
    const cloudCalls = [
      'ssm:SendCommand',
      'ssm:ListCommandInvocations',
      'ssm:DescribeInstanceInformation',
      'tag:GetResources',
    ];
    const callers = new Set(cloudCalls.flatMap(holdersOf));
    // It only looks whether clouds can be called at all, and waits for nobody.
    expect(callers.delete('ExaminerExamine')).toBe(true);
    expect(callers.size).toBeGreaterThan(3);
    for (const owner of callers)
      expect(rightsOf(owner, 'dynamodb'), owner).toEqual(
        expect.arrayContaining(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query']),
      );
  });

  it('are on any resource only where IAM knows none', () => {
    const wide = [...owners].flatMap(([owner, statements]) =>
      statements.filter(({ Resource }) => [Resource].flat().includes('*')).map((statement) => ({ owner, statement })),
    );
    expect(wide.length).toBeGreaterThan(0);
    for (const { owner, statement } of wide)
      for (const action of actionsOf(statement)) {
        expect(everywhere[action], `${owner}: ${action}`).toBeDefined();
        if (everywhere[action] === 'configured regions')
          expect(statement.Condition, `${owner}: ${action}`).toEqual({
            StringEquals: { 'aws:RequestedRegion': [{ Ref: 'AWS::Region' }] },
          });
      }
  });

  it('never have a wildcard in an action', () => {
    expect(
      [...owners.values()]
        .flat()
        .flatMap(actionsOf)
        .filter((action) => action.includes('*')),
    ).toEqual([]);
  });

  /** What a function may send, and to which single instances. */
  const documentsOf = (owner: string): readonly string[] =>
    (owners.get(owner) ?? [])
      .filter((one) => actionsOf(one).includes('ssm:SendCommand'))
      .flatMap((one) => JSON.stringify(one.Resource).match(/document\/[^"]*/g) ?? [])
      .sort();

  it('to send commands are of Invoke Operation, and of Collect Results, which ends them, on the two documents that run scripts; the examiner may send to nobody', () => {
    expect(holdersOf('ssm:SendCommand')).toEqual([
      'ApiFunction',
      'ExaminerExamine',
      'TasksCollectResults',
      'TasksInvokeOperation',
    ]);
    const [probing] = (owners.get('ExaminerExamine') ?? []).filter((one) => actionsOf(one).includes('ssm:SendCommand'));
    expect(
      JSON.stringify(probing?.Resource)
        .match(/(document|instance)\/[^"]*/g)
        ?.sort(),
    ).toEqual([...['document/AWS-RunShellScript', 'instance/i-00000000000000000']]);
    expect(documentsOf('TasksInvokeOperation')).toEqual([
      'document/AWS-RunPowerShellScript',
      'document/AWS-RunShellScript',
    ]);
    expect(documentsOf('TasksCollectResults')).toEqual(documentsOf('TasksInvokeOperation'));
  });

  it('to send from the API are on the document that updates the agent, and on no script', () => {
    expect(documentsOf('ApiFunction')).toEqual(['document/AWS-UpdateSSMAgent']);
  });

  it('on blobs are to read and to write, and to write of those who keep texts or let nodes upload', () => {
    expect(holdersOf('s3:PutObject')).toEqual([
      'ApiFunction',
      'ExaminerExamine',
      'SchedulesTimedFire',
      'TasksCollectResults',
      'TasksInvokeOperation',
      'TasksNextStage',
    ]);
    expect(rightsOf('TasksInvokeOperation', 's3')).toEqual([
      's3:DeleteObject',
      's3:GetObject',
      's3:ListBucket',
      's3:PutObject',
    ]);
  });

  it('to complete tasks are of those who park or wake', () => {
    expect(holdersOf('states:SendTaskSuccess')).toEqual([
      'ApiFunction',
      'SchedulesTimedFire',
      'TasksAwaitAgent',
      'TasksAwaitPermit',
      'TasksAwaitTurn',
      'TasksClosePhase',
      'TasksCollectResults',
      'TasksFinishRun',
      'TasksHold',
      'TasksInvokeOperation',
      'TasksNextStage',
      'TasksOnAgentEvent',
      'TasksSettleRun',
      'TasksSweepRuns',
    ]);
  });

  it('to start executions are of the API, of what starts by the clock, of those who look after runs, and of the machine itself', () => {
    expect(holdersOf('states:StartExecution')).toEqual([
      'ApiFunction',
      'SchedulesTimedFire',
      'TasksSettleRun',
      'TasksSweepRuns',
      'WorkflowRun',
    ]);
  });

  it('to read the credentials for Alibaba Cloud are of those who call it, on that parameter', () => {
    expect(holdersOf('ssm:GetParameter')).toEqual([
      'ApiFunction',
      'ExaminerExamine',
      'SchedulesTimedFire',
      'TasksCollectResults',
      'TasksInvokeOperation',
      'TasksNextStage',
    ]);
    const parameters = [...owners].flatMap(([owner, statements]) =>
      statements
        .filter((one) => actionsOf(one).includes('ssm:GetParameter'))
        .map(({ Resource }) => `${owner} ${JSON.stringify(Resource)}`),
    );
    expect(parameters.filter((one) => /:parameter\/drover\/aliyun"/.test(one))).toHaveLength(6);
  });

  it('to read secrets of jobs are of those who send and collect, below the configured names', () => {
    expect(holdersOf('secretsmanager:GetSecretValue')).toEqual(['TasksCollectResults', 'TasksInvokeOperation']);
    for (const owner of ['TasksCollectResults', 'TasksInvokeOperation']) {
      const resources = JSON.stringify((owners.get(owner) ?? []).map(({ Resource }) => Resource));
      expect(resources).toContain(':parameter/drover/secrets/*"');
      expect(resources).toContain(':secret:drover/secrets/*"');
    }
    expect(holdersOf('kms:Decrypt')).toEqual([]);
  });

  it('to assume roles are of those who call clouds, on exactly the roles of the configured accounts', () => {
    expect(holdersOf('sts:AssumeRole')).toEqual([]);
    const wide = statementsByOwner(
      synthesise({
        awsAccounts:
          '[{"account":"222222222222"},{"account":"333333333333","role":"arn:aws:iam::333333333333:role/Runner"}]',
      }),
    );
    const roles = [...wide].flatMap(([owner, statements]) =>
      statements
        .filter((one) => actionsOf(one).includes('sts:AssumeRole'))
        .map((one) => [owner, JSON.stringify(one.Resource)] as const),
    );
    expect(roles.map(([owner]) => owner).sort()).toEqual(callersOfClouds);
    for (const [, resource] of roles) {
      expect(resource).not.toContain('*');
      expect(resource.match(/iam::[^"]*/g)?.sort()).toEqual([
        'iam::222222222222:role/DroverTarget',
        'iam::333333333333:role/Runner',
      ]);
    }
  });

  it('to read access keys for Alibaba Cloud are on exactly the configured secrets and parameters', () => {
    const wide = statementsByOwner(
      synthesise({
        aliyunRegions: 'cn-hangzhou',
        aliyunSecret: 'drover-aliyun',
        aliyunAccounts:
          '[{"account":"12345","regions":["cn-hangzhou"],"secret":"shop/aliyun"},{"account":"67890","regions":["cn-hangzhou"],"parameter":"/shop/aliyun"}]',
        secretNames: '',
        secretParameters: '',
      }),
    );
    const named = (action: string) =>
      [...wide].flatMap(([owner, statements]) =>
        statements
          .filter((one) => actionsOf(one).includes(action))
          .map((one) => `${owner} ${JSON.stringify(one.Resource).match(/:(secret:|parameter\/)[^"]*/g)}`),
      );
    expect(named('secretsmanager:GetSecretValue').sort()).toEqual(
      callersOfClouds.map((owner) => `${owner} :secret:drover-aliyun-??????,:secret:shop/aliyun-??????`),
    );
    expect(named('ssm:GetParameter').sort()).toEqual(callersOfClouds.map((owner) => `${owner} :parameter/shop/aliyun`));
  });

  it('to use keys of one’s own for secrets are held to the services that keep them', () => {
    const key = 'arn:aws:kms:eu-west-1:000000000000:key/abc';
    const keyed = statementsByOwner(synthesise({ secretKeys: key, secretParameters: '/shop/', secretNames: '' }));
    const statements = keyed.get('TasksInvokeOperation') ?? [];
    const [decrypt] = statements.filter((one) => actionsOf(one).includes('kms:Decrypt'));
    expect(decrypt).toMatchObject({ Resource: key });
    expect(JSON.stringify(decrypt?.Condition)).toContain('kms:ViaService');
    expect(JSON.stringify(statements)).toContain(':parameter/shop/*"');
    expect(statements.flatMap(actionsOf)).not.toContain('secretsmanager:GetSecretValue');
  });

  it('delete nothing but sealed secrets, what the API is asked to remove of runs, and schedules of the group', () => {
    const deleting = [...owners].flatMap(([owner, statements]) =>
      statements.flatMap((one) =>
        actionsOf(one)
          .filter((action) => /Delete/.test(action) && action !== 'logs:DeleteLogDelivery')
          .map((action) => `${owner} ${action} ${JSON.stringify(one.Resource).match(/blobs\/.*?"/)?.[0]}`),
      ),
    );
    expect(deleting.sort()).toEqual([
      'ApiFunction s3:DeleteObject blobs/output/*"',
      'ApiFunction scheduler:DeleteSchedule undefined',
      'TasksCollectResults s3:DeleteObject blobs/secrets/*"',
      'TasksInvokeOperation s3:DeleteObject blobs/secrets/*"',
    ]);
  });

  it('of the examiner are to look, and to write and read one folder of blobs', () => {
    const statements = owners.get('ExaminerExamine') ?? [];
    const own = statements.flatMap(actionsOf).filter((action) => !/^(logs|xray):/.test(action));
    expect(own.sort()).toEqual([
      'dynamodb:DescribeTable',
      'events:DescribeRule',
      'events:ListTargetsByRule',
      's3:GetObject',
      's3:PutObject',
      'scheduler:GetScheduleGroup',
      'sqs:GetQueueAttributes',
      'ssm:DescribeInstanceInformation',
      'ssm:GetParameter',
      'ssm:SendCommand',
      'states:DescribeStateMachine',
    ]);
    const resourceOf = (action: string) =>
      JSON.stringify(statements.find((one) => actionsOf(one).includes(action))?.Resource);
    expect(resourceOf('s3:PutObject')).toContain('/blobs/examination/*"');
    expect(resourceOf('states:DescribeStateMachine')).toMatch(/^{"Ref":"WorkflowRun/);
    expect(resourceOf('events:DescribeRule').match(/"(AgentEvents|RunWatch)\w+"/g)).toHaveLength(3);
    expect(resourceOf('sqs:GetQueueAttributes')).toContain('DeadLettersQueue');
    expect(resourceOf('scheduler:GetScheduleGroup')).toContain('SchedulesGroup');
  });

  it('of On Agent Event are to find, mark and wake', () => {
    expect(rightsOf('TasksOnAgentEvent', 'dynamodb')).toEqual([
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
    ]);
    expect(rightsOf('TasksOnAgentEvent', 's3')).toEqual([]);
    expect(rightsOf('TasksOnAgentEvent', 'ssm')).toEqual([]);
  });

  it('to keep schedules are of the API alone, in its own group, with the one role that it may give them', () => {
    for (const action of ['scheduler:CreateSchedule', 'scheduler:UpdateSchedule', 'iam:PassRole'])
      expect(holdersOf(action)).toEqual(['ApiFunction']);
    const statements = owners.get('ApiFunction') ?? [];
    const [keep] = statements.filter((one) => actionsOf(one).includes('scheduler:CreateSchedule'));
    expect(JSON.stringify(keep?.Resource)).toMatch(/:schedule\/.*AWS::StackName.*\/\*/);
    const [pass] = statements.filter((one) => actionsOf(one).includes('iam:PassRole'));
    expect(JSON.stringify(pass?.Resource)).toMatch(/SchedulesRole/);
    expect(pass?.Condition).toEqual({ StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } });
  });

  it('on the contents of the library are of the API, and to read of what starts by the clock, and on nothing else of the bucket', () => {
    const onLibrary = [...owners].flatMap(([owner, statements]) =>
      statements
        .filter(({ Resource }) => JSON.stringify(Resource).includes('/library/*'))
        .flatMap((one) => actionsOf(one).map((action) => `${owner} ${action}`)),
    );
    expect(onLibrary.sort()).toEqual([
      'ApiFunction s3:GetObject',
      'ApiFunction s3:PutObject',
      'SchedulesTimedFire s3:GetObject',
    ]);
  });

  it('to invoke are of the machine, on exactly the functions it names, and of the role of schedules', () => {
    expect(holdersOf('lambda:InvokeFunction')).toEqual([expect.stringMatching(/^SchedulesRole/), 'WorkflowRun']);
    const [[, machine] = []] = stack.ofType('AWS::StepFunctions::StateMachine');
    const named = Object.values(machine?.Properties.DefinitionSubstitutions).map((value) => JSON.stringify(value));
    const [invoke] = (owners.get('WorkflowRun') ?? []).filter((one) =>
      actionsOf(one).includes('lambda:InvokeFunction'),
    );
    const allowed = [invoke?.Resource]
      .flat()
      .map((value) => JSON.stringify(value))
      .filter((text) => !text.includes(':*'));
    expect(allowed.sort()).toEqual(named.sort());
  });
});
