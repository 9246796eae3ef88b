/**
 * Environment variables that carry the configuration of the deployed stack to its functions. Infra sets them, `functions/runtime/env.ts`
 * reads them. None holds a secret.
 */
export const variables = {
  /** Name of the table. */
  table: 'DROVER_TABLE',
  /** Days that what belongs to a run is kept in the table; absent: for ever. */
  retentionDays: 'DROVER_RETENTION_DAYS',
  /** Days that it is kept what runs took and cost; absent: for ever. */
  historyDays: 'DROVER_HISTORY_DAYS',
  /** Days that it is kept what became of each due time of a schedule; absent: for ever. */
  firingDays: 'DROVER_FIRING_DAYS',
  /** Name of the bucket of the blobs. */
  bucket: 'DROVER_BUCKET',
  /** Start of every key in the bucket, such as `blobs/`; may be empty. */
  keyPrefix: 'DROVER_KEY_PREFIX',
  /** ARN of the run machine. */
  stateMachine: 'DROVER_STATE_MACHINE_ARN',
  /** Schedule group that all schedules are in. */
  schedulerGroup: 'DROVER_SCHEDULER_GROUP',
  /** ARN of the function that is called when a schedule is due. */
  schedulerTarget: 'DROVER_SCHEDULER_TARGET_ARN',
  /** Role by which it is called. */
  schedulerRole: 'DROVER_SCHEDULER_ROLE_ARN',
  /** Queue for calls of it that could not be delivered. */
  schedulerDeadLetters: 'DROVER_SCHEDULER_DEAD_LETTERS_ARN',
  /** Name of the rule of EventBridge that tells of commands that are over. */
  agentEventsRule: 'DROVER_AGENT_EVENTS_RULE',
  /** Name of the rule that tells of executions that broke. */
  runEndsRule: 'DROVER_RUN_ENDS_RULE',
  /** Name of the rule that has open runs looked after. */
  sweepRule: 'DROVER_SWEEP_RULE',
  /** Address of the queue of what could not be delivered. */
  deadLetters: 'DROVER_DEAD_LETTERS_URL',
  /** AWS regions whose instances are targets: `eu-west-1,us-east-1`. */
  awsRegions: 'DROVER_AWS_REGIONS',
  /** The account of AWS that the stack is in. */
  awsAccount: 'DROVER_AWS_ACCOUNT',
  /** Other accounts of AWS with targets, as JSON: `[{"account": "111122223333", "externalId": "…"}]` (see accounts.ts). */
  awsAccounts: 'DROVER_AWS_ACCOUNTS',
  /** Alibaba Cloud regions whose instances are targets: `cn-hangzhou,cn-shanghai`. */
  aliyunRegions: 'DROVER_ALIYUN_REGIONS',
  /** Seconds that a reading of the clouds is shown again; absent: 300. Runs bear a minute of it at most. */
  inventorySeconds: 'DROVER_INVENTORY_SECONDS',
  /** Address of ECS in place of each region's own, such as one inside a VPC: `https://ecs-vpc.cn-hangzhou.aliyuncs.com`; absent: the public ones. */
  aliyunEndpoint: 'DROVER_ALIYUN_ENDPOINT',
  /** Name of the SecureString parameter of SSM Parameter Store with the credentials for Alibaba Cloud; its value is never in the environment. */
  aliyunParameter: 'DROVER_ALIYUN_PARAMETER',
  /** Name of the secret of Secrets Manager with these credentials, in place of the parameter; its value is never in the environment. */
  aliyunSecret: 'DROVER_ALIYUN_SECRET',
  /** Other accounts of Alibaba Cloud with targets, as JSON: `[{"account": "1234567890123456", "regions": ["cn-hangzhou"], "secret": "…"}]`. */
  aliyunAccounts: 'DROVER_ALIYUN_ACCOUNTS',
  /** Address of Alibaba Cloud's STS in place of each region's own; absent: the public ones. */
  aliyunStsEndpoint: 'DROVER_ALIYUN_STS_ENDPOINT',
  /** Start of the names of the environment variables that `env:` references may read; `DROVER_SECRET_` when absent. */
  envSecrets: 'DROVER_ENV_SECRETS',
  /** Starts of the names of SSM parameters that `ssm:` references may read: `/drover/,/shop/`; absent: none. */
  ssmSecrets: 'DROVER_SSM_SECRETS',
  /** Starts of the names of secrets that `secretsmanager:` references may read; absent: none. */
  managerSecrets: 'DROVER_MANAGER_SECRETS',
  /** Who has which role at gates, as JSON: `{"sre": ["ann", "arn:aws:iam::1:user/bob"]}`. */
  roles: 'DROVER_ROLES',
  /** Prices in place of the list prices, as JSON: `{"region": "eu-west-1", "perTableWrite": 7.0e-7}`; what is absent stays as it is. */
  prices: 'DROVER_PRICES',
  /** Issuer of the tokens (OpenID Connect) that people get at the web console. */
  consoleIssuer: 'DROVER_CONSOLE_ISSUER',
  /** Whom these tokens are for. */
  consoleAudience: 'DROVER_CONSOLE_AUDIENCE',
  /** The console's own name at the issuer; it has no secret. */
  consoleClientId: 'DROVER_CONSOLE_CLIENT_ID',
  /** Scopes that the console asks for, apart by spaces. */
  consoleScope: 'DROVER_CONSOLE_SCOPE',
  /** Version of Drover, as the API says it. */
  version: 'DROVER_VERSION',
  /** Name of the deployment, a dimension of its metrics; absent: no metrics are written. */
  deployment: 'DROVER_DEPLOYMENT',
  /** `debug` also writes the debug lines; anything else leaves them out. */
  logLevel: 'DROVER_LOG_LEVEL',
} as const;
