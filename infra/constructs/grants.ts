import { Aws, Fn } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ssmDocuments } from '#functions/adapters/ssm/ssm-context.ts';
import { variables } from '#shared/config/variables.ts';
import { table as tableShape } from '#shared/persistence/table.ts';
import type { Config } from '../config.ts';
import type { Need } from '../function-table.ts';
import type { Storage } from './storage.ts';

/** What rights and variables are made of. */
export interface GrantScope {
  readonly config: Config;
  readonly storage: Storage;
}

/** What one need comes to. */
export interface Grant {
  readonly statements: readonly PolicyStatement[];
  readonly environment: Readonly<Record<string, string>>;
}

const allow = (actions: readonly string[], resources: readonly string[]): PolicyStatement =>
  new PolicyStatement({ actions: [...actions], resources: [...resources] });

const awsRegionsOf = ({ awsRegions }: Config): readonly string[] => awsRegions ?? [Aws.REGION];

/** Calls that know no resources in IAM (service authorization reference), held to the configured regions instead. */
const allowInRegions = (config: Config, actions: readonly string[]): PolicyStatement =>
  new PolicyStatement({
    actions: [...actions],
    resources: ['*'],
    conditions: { StringEquals: { 'aws:RequestedRegion': awsRegionsOf(config) } },
  });

const tableGrant = ({ config, storage }: GrantScope, actions: readonly string[]): Grant => ({
  statements: [
    allow(
      actions.map((action) => `dynamodb:${action}`),
      [storage.table.tableArn],
    ),
  ],
  environment: {
    [variables.table]: storage.table.tableName,
    [variables.retentionDays]: String(config.retentionDays),
  },
});

const bucketGrant = ({ storage }: GrantScope, statements: readonly PolicyStatement[]): Grant => ({
  statements,
  environment: { [variables.bucket]: storage.bucket.bucketName, [variables.keyPrefix]: 'blobs/' },
});

const readsParameter = ({ aliyunParameter }: Config): readonly PolicyStatement[] =>
  aliyunParameter === undefined
    ? []
    : [
        allow(
          ['ssm:GetParameter'],
          [`arn:${Aws.PARTITION}:ssm:${Aws.REGION}:${Aws.ACCOUNT_ID}:parameter/${aliyunParameter.replace(/^\//, '')}`],
        ),
      ];

const cloudsGrant = ({ config }: GrantScope, statements: readonly PolicyStatement[]): Grant => ({
  statements: [...statements, ...readsParameter(config)],
  environment: {
    [variables.awsRegions]: Fn.join(',', [...awsRegionsOf(config)]),
    [variables.aliyunRegions]: config.aliyunRegions.join(','),
    [variables.aliyunParameter]: config.aliyunParameter ?? '',
  },
});

/** The documents that are sent, and every instance of the account that SSM manages. */
const commandTargets = (config: Config): readonly string[] =>
  awsRegionsOf(config).flatMap((region) => [
    ...Object.values(ssmDocuments).map((name) => `arn:${Aws.PARTITION}:ssm:${region}::document/${name}`),
    `arn:${Aws.PARTITION}:ec2:${region}:${Aws.ACCOUNT_ID}:instance/*`,
    `arn:${Aws.PARTITION}:ssm:${region}:${Aws.ACCOUNT_ID}:managed-instance/*`,
  ]);

/** Needs that the storage and the clouds meet; what the run machine meets is granted where it is. */
export type BasicNeed = Exclude<Need, 'completeTasks'>;

/** What each need comes to, by least privilege. */
export const grants: Readonly<Record<BasicNeed, (scope: GrantScope) => Grant>> = {
  readTable: (scope) => tableGrant(scope, ['GetItem', 'Query']),
  readBulk: (scope) => tableGrant(scope, ['BatchGetItem']),
  writeTable: (scope) => tableGrant(scope, ['PutItem', 'UpdateItem']),
  writeBulk: (scope) => tableGrant(scope, ['BatchWriteItem']),
  listRuns: ({ storage }) => ({
    statements: [allow(['dynamodb:Query'], [`${storage.table.tableArn}/index/${tableShape.runsIndex.name}`])],
    environment: {},
  }),
  readBlobs: (scope) =>
    bucketGrant(scope, [
      allow(['s3:GetObject'], [scope.storage.bucket.arnForObjects('blobs/*')]),
      // Without it S3 answers "denied" instead of "not there" for a blob that is not there.
      allow(['s3:ListBucket'], [scope.storage.bucket.bucketArn]),
    ]),
  writeBlobs: (scope) => bucketGrant(scope, [allow(['s3:PutObject'], [scope.storage.bucket.arnForObjects('blobs/*')])]),
  sendCommands: (scope) =>
    cloudsGrant(scope, [
      allow(['ssm:SendCommand'], commandTargets(scope.config)),
      allowInRegions(scope.config, ['ssm:ListCommands', 'ssm:DescribeInstanceInformation']),
    ]),
  readCommands: (scope) =>
    cloudsGrant(scope, [
      allowInRegions(scope.config, ['ssm:ListCommandInvocations', 'ssm:GetCommandInvocation', 'ssm:CancelCommand']),
    ]),
  inventory: (scope) =>
    cloudsGrant(scope, [allowInRegions(scope.config, ['ssm:DescribeInstanceInformation', 'tag:GetResources'])]),
};

/** True for a need of {@link grants}. */
export const isBasicNeed = (need: Need): need is BasicNeed => Object.hasOwn(grants, need);
