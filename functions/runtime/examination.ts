import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { handle } from 'hono/aws-lambda';
import { createCaller } from '#functions/adapters/agent/caller.ts';
import { classifyAliyun } from '#functions/adapters/aliyun/aliyun-failures.ts';
import { aliyunProbe } from '#functions/adapters/examination/aliyun-probe.ts';
import { blobsProbe } from '#functions/adapters/examination/blobs-probe.ts';
import { clockProbe } from '#functions/adapters/examination/clock-probe.ts';
import { deadLettersProbe } from '#functions/adapters/examination/dead-letters-probe.ts';
import { machineProbe } from '#functions/adapters/examination/machine-probe.ts';
import { probeClientConfig, probeTries } from '#functions/adapters/examination/probe-client-config.ts';
import { ruleProbe } from '#functions/adapters/examination/rule-probe.ts';
import { schedulerProbe } from '#functions/adapters/examination/scheduler-probe.ts';
import { ssmProbe } from '#functions/adapters/examination/ssm-probe.ts';
import { tableProbe } from '#functions/adapters/examination/table-probe.ts';
import { createS3Blobs } from '#functions/adapters/s3/s3-blobs.ts';
import { ssmClients } from '#functions/adapters/ssm/ssm-clients.ts';
import { createExaminationApp } from '#functions/api/examination-app.ts';
import { createGatewayCallers } from '#functions/api/gateway-callers.ts';
import type { ExaminationView } from '#shared/contract/meta-views.ts';
import type { Examination, Probe } from '#shared/ports/examination.ts';
import { openAliyun } from './aliyun.ts';
import { openAwsAccounts } from './aws-accounts.ts';
import { readCloudScopes } from './cloud-scopes.ts';
import { readBucketEnv, readExaminationEnv, readTableEnv } from './env.ts';
import { openProcessLog, patientSleep, plainPacing, systemClock } from './process.ts';

/** Answers events of API Gateway. */
export type ExaminationHandler = ReturnType<typeof handle>;

const storageProbes = (): readonly Probe[] => {
  const { tableName } = readTableEnv();
  const bucket = readBucketEnv();
  const blobs = createS3Blobs({ ...bucket, client: new S3Client(probeClientConfig) });
  return [
    tableProbe(new DynamoDBClient(probeClientConfig), tableName),
    blobsProbe(
      blobs,
      `Allow s3:PutObject and s3:GetObject on arn:aws:s3:::${bucket.bucket}/${bucket.keyPrefix}*, or deploy again if the bucket is gone.`,
    ),
    clockProbe({ client: new DynamoDBClient(probeClientConfig), tableName, clock: systemClock }),
  ];
};

const workflowProbes = (): readonly Probe[] => {
  const { stateMachineArn, agentEventsRule, runEndsRule, sweepRule, deadLettersUrl, groupName } = readExaminationEnv();
  const events = new EventBridgeClient(probeClientConfig);
  return [
    machineProbe(new SFNClient(probeClientConfig), stateMachineArn),
    ruleProbe(events, {
      check: 'rule on SSM events',
      name: agentEventsRule,
      withoutIt: 'without it batches notice the end of commands only at their next look, seconds to minutes later.',
    }),
    ruleProbe(events, {
      check: 'rule on executions',
      name: runEndsRule,
      withoutIt: 'without it runs whose execution broke stay open until the next sweep.',
    }),
    ruleProbe(events, {
      check: 'rule of sweeps',
      name: sweepRule,
      withoutIt: 'without it nobody looks after runs that no event was heard of.',
    }),
    deadLettersProbe(new SQSClient(probeClientConfig), deadLettersUrl),
    schedulerProbe(new SchedulerClient(probeClientConfig), groupName),
  ];
};

const cloudProbes = (): readonly Probe[] => {
  const scopes = readCloudScopes();
  const clientFor = ssmClients(openAwsAccounts());
  const connect = openAliyun();
  const caller = createCaller(classifyAliyun, plainPacing, probeTries);
  return [
    ...scopes.aws.map((scope) => ssmProbe(clientFor, scope)),
    ...scopes.aliyun.map((scope) => aliyunProbe({ scope, connect, caller })),
  ];
};

/**
 * The function that examines the deployed stack, in the configured accounts and regions.
 * @throws AppError `config.invalid`
 */
export const openExamination = (
  examine: (deps: { readonly examination: Examination }) => () => Promise<ExaminationView>,
): ExaminationHandler => {
  const probes = [...storageProbes(), ...workflowProbes(), ...cloudProbes()];
  const { authorize, mount } = createGatewayCallers(randomUUID);
  const services = { examine: examine({ examination: { probes, sleep: patientSleep } }) };
  return handle(mount(createExaminationApp({ services, authorize, log: openProcessLog(), newRequestId: randomUUID })));
};
