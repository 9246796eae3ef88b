import { Aws, Fn } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { aliyunAccountsText, awsAccountsText, awsRoleOf } from '#shared/config/accounts.ts';
import { noInstance, ssmDocuments, ssmUpdateDocument } from '#shared/config/ssm-documents.ts';
import { variables } from '#shared/config/variables.ts';
import { bucketFolders } from '#shared/persistence/bucket.ts';
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
    [variables.historyDays]: String(config.historyDays),
    [variables.firingDays]: String(config.firingDays),
  },
});

const bucketGrant = ({ storage }: GrantScope, statements: readonly PolicyStatement[]): Grant => ({
  statements,
  environment: { [variables.bucket]: storage.bucket.bucketName, [variables.keyPrefix]: bucketFolders.runs },
});

const present = (names: readonly (string | undefined)[]): readonly string[] =>
  names.filter((name) => name !== undefined);

/** Exactly the parameters and secrets with access keys for Alibaba Cloud. */
const readsKeys = ({ aliyunParameter, aliyunSecret, aliyunAccounts }: Config): readonly PolicyStatement[] => {
  const parameters = present([aliyunParameter, ...aliyunAccounts.map(({ parameter }) => parameter)]);
  const secrets = present([aliyunSecret, ...aliyunAccounts.map(({ secret }) => secret)]);
  const ownArn = (service: string, rest: string) =>
    `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}:${rest}`;
  return [
    ...(parameters.length === 0
      ? []
      : [
          allow(
            ['ssm:GetParameter'],
            parameters.map((name) => ownArn('ssm', `parameter/${name.replace(/^\//, '')}`)),
          ),
        ]),
    ...(secrets.length === 0
      ? []
      : [
          // Secrets Manager adds a hyphen and six characters of its own to the name.
          allow(
            ['secretsmanager:GetSecretValue'],
            secrets.map((name) => ownArn('secretsmanager', `secret:${name}-??????`)),
          ),
        ]),
  ];
};

/** Exactly the roles of the other accounts of AWS. */
const assumesRoles = ({ awsAccounts }: Config): readonly PolicyStatement[] =>
  awsAccounts.length === 0
    ? []
    : [
        allow(
          ['sts:AssumeRole'],
          awsAccounts.map((entry) => awsRoleOf(entry, Aws.PARTITION)),
        ),
      ];

/** A variable that is there when there is something to say. */
const when = (name: string, value: string | undefined): Readonly<Record<string, string>> =>
  value === undefined ? {} : { [name]: value };

const cloudsGrant = ({ config }: GrantScope, statements: readonly PolicyStatement[]): Grant => ({
  statements: [...statements, ...readsKeys(config), ...assumesRoles(config)],
  environment: {
    [variables.awsRegions]: Fn.join(',', [...awsRegionsOf(config)]),
    [variables.awsAccount]: Aws.ACCOUNT_ID,
    [variables.aliyunRegions]: config.aliyunRegions.join(','),
    [variables.aliyunParameter]: config.aliyunParameter ?? '',
    ...(config.awsAccounts.length === 0 ? {} : { [variables.awsAccounts]: awsAccountsText(config.awsAccounts) }),
    ...(config.aliyunAccounts.length === 0
      ? {}
      : { [variables.aliyunAccounts]: aliyunAccountsText(config.aliyunAccounts) }),
    ...when(variables.aliyunSecret, config.aliyunSecret),
    ...when(variables.aliyunEndpoint, config.aliyunEndpoint),
    ...when(variables.aliyunStsEndpoint, config.aliyunStsEndpoint),
  },
});

/** The documents that are sent, and every instance of the account that SSM manages. */
const commandTargets = (config: Config, documents: readonly string[]): readonly string[] =>
  awsRegionsOf(config).flatMap((region) => [
    ...documents.map((name) => `arn:${Aws.PARTITION}:ssm:${region}::document/${name}`),
    `arn:${Aws.PARTITION}:ec2:${region}:${Aws.ACCOUNT_ID}:instance/*`,
    `arn:${Aws.PARTITION}:ssm:${region}:${Aws.ACCOUNT_ID}:managed-instance/*`,
  ]);

/** What an examination may send to: nothing that there is. */
const probeTargets = (config: Config): readonly string[] =>
  awsRegionsOf(config).flatMap((region) => [
    `arn:${Aws.PARTITION}:ssm:${region}::document/${ssmDocuments.sh}`,
    `arn:${Aws.PARTITION}:ec2:${region}:${Aws.ACCOUNT_ID}:instance/${noInstance}`,
  ]);

/** Which names jobs may refer to. No right goes with it. */
const secretVariables = ({ secretParameters, secretNames }: Config): Readonly<Record<string, string>> => ({
  [variables.ssmSecrets]: secretParameters.join(','),
  [variables.managerSecrets]: secretNames.join(','),
});

const arnsOfStarts = (service: string, kind: string, starts: readonly string[]): readonly string[] =>
  starts.map(
    (start) => `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}:${kind}${start.replace(/^\//, '')}*`,
  );

const readsSecrets = ({ secretParameters, secretNames, secretKeys }: Config): readonly PolicyStatement[] => [
  ...(secretParameters.length === 0
    ? []
    : [allow(['ssm:GetParameter'], arnsOfStarts('ssm', 'parameter/', secretParameters))]),
  ...(secretNames.length === 0
    ? []
    : [allow(['secretsmanager:GetSecretValue'], arnsOfStarts('secretsmanager', 'secret:', secretNames))]),
  ...(secretKeys.length === 0
    ? []
    : [
        new PolicyStatement({
          actions: ['kms:Decrypt'],
          resources: [...secretKeys],
          conditions: {
            StringEquals: {
              'kms:ViaService': ['ssm', 'secretsmanager'].map((name) => `${name}.${Aws.REGION}.${Aws.URL_SUFFIX}`),
            },
          },
        }),
      ]),
];

/** Needs that the storage and the clouds meet; what the run machine meets is granted where it is. */
export type BasicNeed = Exclude<Need, 'completeTasks' | 'watchRuns'>;

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
      allow(['s3:GetObject'], [scope.storage.bucket.arnForObjects(`${bucketFolders.runs}*`)]),
      // Without it S3 answers "denied" instead of "not there" for a blob that is not there.
      allow(['s3:ListBucket'], [scope.storage.bucket.bucketArn]),
    ]),
  // The forms by which nodes upload are signed with this right too: a form can do no more than who signs it.
  writeBlobs: (scope) =>
    bucketGrant(scope, [allow(['s3:PutObject'], [scope.storage.bucket.arnForObjects(`${bucketFolders.runs}*`)])]),
  readLibrary: (scope) =>
    bucketGrant(scope, [
      allow(['s3:GetObject'], [scope.storage.bucket.arnForObjects(`${bucketFolders.library}*`)]),
      allow(['s3:ListBucket'], [scope.storage.bucket.bucketArn]),
    ]),
  writeLibrary: (scope) =>
    bucketGrant(scope, [allow(['s3:PutObject'], [scope.storage.bucket.arnForObjects(`${bucketFolders.library}*`)])]),
  checkSecrets: ({ config }) => ({ statements: [], environment: secretVariables(config) }),
  readSecrets: ({ config }) => ({ statements: readsSecrets(config), environment: secretVariables(config) }),
  // `run purge`: all that belongs to a run; what several runs share is in another folder, and ends by its age.
  removeRuns: (scope) =>
    bucketGrant(scope, [
      allow(
        ['s3:DeleteObject'],
        ['output', 'runs', 'secrets'].map((folder) =>
          scope.storage.bucket.arnForObjects(`${bucketFolders.runs}${folder}/*`),
        ),
      ),
    ]),
  // Sealed secrets are all that is removed by itself: everything else ends by its age.
  removeSecrets: (scope) =>
    bucketGrant(scope, [
      allow(['s3:DeleteObject'], [scope.storage.bucket.arnForObjects(`${bucketFolders.runs}secrets/*`)]),
    ]),
  sendCommands: (scope) =>
    cloudsGrant(scope, [
      allow(['ssm:SendCommand'], commandTargets(scope.config, Object.values(ssmDocuments))),
      allowInRegions(scope.config, ['ssm:ListCommands', 'ssm:DescribeInstanceInformation']),
    ]),
  readCommands: (scope) =>
    cloudsGrant(scope, [
      allowInRegions(scope.config, ['ssm:ListCommandInvocations', 'ssm:GetCommandInvocation', 'ssm:CancelCommand']),
    ]),
  updateAgents: (scope) =>
    cloudsGrant(scope, [allow(['ssm:SendCommand'], commandTargets(scope.config, [ssmUpdateDocument]))]),
  inventory: (scope) => {
    const { statements, environment } = cloudsGrant(scope, [
      allowInRegions(scope.config, ['ssm:DescribeInstanceInformation', 'tag:GetResources']),
    ]);
    return {
      statements,
      environment: { ...environment, [variables.inventorySeconds]: String(scope.config.inventorySeconds) },
    };
  },
  examine: (scope) => {
    const probes = scope.storage.bucket.arnForObjects(`${bucketFolders.runs}examination/*`);
    const parts = [
      tableGrant(scope, ['DescribeTable']),
      bucketGrant(scope, [allow(['s3:GetObject', 's3:PutObject'], [probes])]),
      cloudsGrant(scope, [
        allow(['ssm:SendCommand'], probeTargets(scope.config)),
        allowInRegions(scope.config, ['ssm:DescribeInstanceInformation']),
      ]),
    ];
    return {
      statements: parts.flatMap(({ statements }) => statements),
      environment: Object.assign({}, ...parts.map(({ environment }) => environment)),
    };
  },
};

/** True for a need of {@link grants}. */
export const isBasicNeed = (need: Need): need is BasicNeed => Object.hasOwn(grants, need);
