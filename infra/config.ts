import * as z from 'zod';
import {
  type AliyunAccount,
  aliyunAccountsSchema,
  awsAccountsSchema,
  parameterName,
  secretName,
} from '#shared/config/accounts.ts';
import { defaultInventoryAges } from '#shared/config/inventory.ts';
import { defaultRetention } from '#shared/config/retention.ts';
import { priceTableSchema } from '#shared/cost/prices.ts';

const regions = z
  .string()
  .regex(/^([a-z]+(-[a-z0-9]+)+(,|$))*$/, 'is a list of regions such as eu-west-1,us-east-1')
  .transform((text) => text.split(',').filter((part) => part !== ''));

const names = z
  .string()
  .regex(/^([\w./+=@-]+(,|$))*$/, 'is a list of starts of names such as /shop/,/drover/secrets/')
  .transform((text) => text.split(',').filter((part) => part !== ''));

const keyArns = z
  .string()
  .regex(/^(arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+(,|$))*$/, 'is a list of ARNs of KMS keys')
  .transform((text) => text.split(',').filter((part) => part !== ''));

/** On the command line everything is text. */
const parsedJson = (given: unknown, context: z.RefinementCtx): unknown => {
  if (typeof given !== 'string') return given;
  try {
    return JSON.parse(given);
  } catch {
    context.addIssue('is not JSON');
    return z.NEVER;
  }
};
/** A flag: text on the command line, a boolean in cdk.json. */
const flag = z.union([z.boolean(), z.stringbool()], { error: 'is true or false' });

interface AliyunKeys {
  readonly aliyunParameter?: string | undefined;
  readonly aliyunSecret?: string | undefined;
  readonly aliyunRegions: readonly string[];
  readonly aliyunAccounts: readonly AliyunAccount[];
}

/** Where access keys for Alibaba Cloud are kept, with the starts of names that jobs may read. */
const keysForAliyun = ({
  aliyunParameter,
  aliyunSecret,
  aliyunAccounts,
  secretParameters,
  secretNames,
}: AliyunKeys & { readonly secretParameters: readonly string[]; readonly secretNames: readonly string[] }) => {
  const parameter = (path: PropertyKey[], name: string | undefined) =>
    name === undefined ? [] : [{ path, name, starts: secretParameters, of: 'secretParameters' }];
  const secret = (path: PropertyKey[], name: string | undefined) =>
    name === undefined ? [] : [{ path, name, starts: secretNames, of: 'secretNames' }];
  return [
    ...parameter(['aliyunParameter'], aliyunParameter),
    ...secret(['aliyunSecret'], aliyunSecret),
    ...aliyunAccounts.flatMap((entry, index) => [
      ...parameter(['aliyunAccounts', index, 'parameter'], entry.parameter),
      ...secret(['aliyunAccounts', index, 'secret'], entry.secret),
    ]),
  ];
};

/** True where the access key of the own account of Alibaba Cloud is used: there, or to assume a role. */
const usesOwnKey = ({ aliyunRegions, aliyunAccounts }: AliyunKeys): boolean =>
  aliyunRegions.length > 0 ||
  aliyunAccounts.some(({ secret, parameter }) => secret === undefined && parameter === undefined);

const configSchema = z
  .strictObject({
    /** Part of the stack's name. */
    stage: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,15}$/, 'has 1 to 16 letters, digits and hyphens')
      .default('dev'),
    /** What becomes of table and bucket when the stack is deleted; absent: `keep` in the stage `prod`, else `destroy`. */
    removal: z.enum(['keep', 'destroy']).optional(),
    /** How long runs, results and outputs are kept. */
    retentionDays: z.coerce.number().int().min(1).max(3650).default(defaultRetention.runDays),
    /** How long it is kept what runs took and cost, for estimates and sums. */
    historyDays: z.coerce.number().int().min(1).max(3650).default(defaultRetention.historyDays),
    /** How long it is kept what became of each due time of a schedule. */
    firingDays: z.coerce.number().int().min(1).max(3650).default(defaultRetention.firingDays),
    /** How long log lines are kept; one of the spans that CloudWatch Logs knows. */
    logDays: z.coerce
      .number()
      .pipe(z.union([z.literal(7), z.literal(14), z.literal(30), z.literal(90), z.literal(365)]))
      .default(30),
    /** AWS regions whose instances are targets; the region of the stack when absent. */
    awsRegions: regions.optional(),
    /** Other accounts of AWS whose instances are targets, as a list or its JSON text. */
    awsAccounts: z.preprocess(parsedJson, awsAccountsSchema).default([]),
    /** How many seconds a reading of the clouds is shown again. Runs bear a minute of it at most. */
    inventorySeconds: z.coerce.number().int().min(0).max(86_400).default(defaultInventoryAges.shownSeconds),
    /** Alibaba Cloud regions whose instances are targets. */
    aliyunRegions: regions.default([]),
    /** Name of the SecureString parameter with the credentials for Alibaba Cloud. */
    aliyunParameter: parameterName.optional(),
    /** Name of the secret of Secrets Manager that has them, in place of the parameter. */
    aliyunSecret: secretName.optional(),
    /** Other accounts of Alibaba Cloud whose instances are targets, as a list or its JSON text. */
    aliyunAccounts: z.preprocess(parsedJson, aliyunAccountsSchema).default([]),
    /** Address of ECS in place of each region's own, such as one inside a VPC. */
    aliyunEndpoint: z.url({ protocol: /^https?$/, error: 'is an https address' }).optional(),
    /** Address of Alibaba Cloud's STS in place of each region's own. */
    aliyunStsEndpoint: z.url({ protocol: /^https?$/, error: 'is an https address' }).optional(),
    /** Starts of the names of the SSM parameters that `ssm:` references of jobs may read. Whoever may start runs may use them all. */
    secretParameters: names.default(['/drover/secrets/']),
    /** Starts of the names of the secrets in Secrets Manager that `secretsmanager:` references of jobs may read. */
    secretNames: names.default(['drover/secrets/']),
    /** Prices of the region in place of the list prices of us-east-1, as an object or its JSON text. */
    prices: z.preprocess(parsedJson, priceTableSchema.partial()).optional(),
    /** KMS keys of one's own that these are encrypted with. */
    secretKeys: keyArns.default([]),
    /** Whether some functions get a part of the account's concurrency for themselves. An account with little of it (10 in new ones) cannot. */
    reserveConcurrency: flag.default(true),
    /** Who is told of alarms; nobody when absent. The address has to confirm it once. */
    alarmMail: z.email({ error: 'is a mail address' }).optional(),
    /** Issuer of the tokens (OpenID Connect) by which callers may prove who they are, beside requests signed with AWS credentials. */
    oidcIssuer: z.url({ protocol: /^https$/, error: 'is the https address of an issuer' }).optional(),
    /** Audience of these tokens. */
    oidcAudience: z.string().min(1, 'is empty').optional(),
    /** The web console's own name at that issuer, as a public client; without it there is no console. */
    consoleClientId: z.string().min(1, 'is empty').optional(),
    /** Scopes that it asks for, apart by spaces; `openid` when absent. */
    consoleScope: z
      .string()
      .regex(/^[!-~]+( [!-~]+)*$/, 'is a list of scopes, apart by spaces')
      .optional(),
  })
  .superRefine((config, context) => {
    for (const { path, name, starts, of } of keysForAliyun(config))
      if (starts.some((start) => name.startsWith(start)))
        context.addIssue({ code: 'custom', path, message: `must not be among the ${of}, which jobs can read` });
  })
  .refine(({ oidcIssuer, oidcAudience }) => (oidcIssuer === undefined) === (oidcAudience === undefined), {
    path: ['oidcAudience'],
    message: 'goes with oidcIssuer: give both, or neither',
  })
  .refine(({ consoleClientId, oidcIssuer }) => consoleClientId === undefined || oidcIssuer !== undefined, {
    path: ['consoleClientId'],
    message: 'goes with oidcIssuer and oidcAudience, where people sign in to the console',
  })
  .refine(({ consoleScope, consoleClientId }) => consoleScope === undefined || consoleClientId !== undefined, {
    path: ['consoleScope'],
    message: 'goes with consoleClientId',
  })
  .refine(({ aliyunSecret, aliyunParameter }) => aliyunSecret === undefined || aliyunParameter === undefined, {
    path: ['aliyunSecret'],
    message: 'goes without aliyunParameter: one of them holds the access key',
  })
  .refine((config) => !usesOwnKey(config) || (config.aliyunSecret ?? config.aliyunParameter) !== undefined, {
    path: ['aliyunParameter'],
    message: 'or aliyunSecret is needed with aliyunRegions, and with accounts that name neither',
  });

/** What differs between deployments. */
export type Config = Readonly<z.output<typeof configSchema>>;

/** Context keys of the deployment: `cdk deploy -c stage=prod -c awsRegions=eu-west-1,us-east-1`. */
export const configKeys = [
  'stage',
  'removal',
  'retentionDays',
  'historyDays',
  'firingDays',
  'logDays',
  'awsRegions',
  'awsAccounts',
  'inventorySeconds',
  'aliyunRegions',
  'aliyunParameter',
  'aliyunSecret',
  'aliyunAccounts',
  'aliyunEndpoint',
  'aliyunStsEndpoint',
  'secretParameters',
  'secretNames',
  'secretKeys',
  'prices',
  'reserveConcurrency',
  'alarmMail',
  'oidcIssuer',
  'oidcAudience',
  'consoleClientId',
  'consoleScope',
] as const;

/** The own account is a target anyway. */
const otherThan = (ownAccount: string | undefined) =>
  configSchema.superRefine(({ awsAccounts }, context) => {
    const index = awsAccounts.findIndex(({ account }) => account === ownAccount);
    if (index >= 0)
      context.addIssue({
        code: 'custom',
        path: ['awsAccounts', index, 'account'],
        message: 'is the account of the deployment itself, whose instances are targets anyway',
      });
  });

/**
 * Reads the configuration from the context of a CDK app. `ownAccount` is the account that is deployed to, where that is known.
 * @throws Error that names each wrong key
 */
export const readConfig = (contextOf: (key: string) => unknown, ownAccount?: string): Config => {
  const given = configKeys.map((key) => [key, contextOf(key)] as const).filter(([, value]) => value !== undefined);
  const parsed = otherThan(ownAccount).safeParse(Object.fromEntries(given));
  if (parsed.success) return parsed.data;
  throw new Error(`The context of the deployment is wrong.\n${z.prettifyError(parsed.error)}`);
};

/** The web console as a client of the issuer. */
export interface ConsoleClient {
  readonly issuer: string;
  readonly audience: string;
  readonly clientId: string;
  readonly scope: string;
}

/** Where people sign in to the console; undefined where there is none. */
export const consoleClientOf = ({
  oidcIssuer: issuer,
  oidcAudience: audience,
  consoleClientId: clientId,
  consoleScope: scope = 'openid',
}: Config): ConsoleClient | undefined =>
  issuer === undefined || audience === undefined || clientId === undefined
    ? undefined
    : { issuer, audience, clientId, scope };

/** True where data outlives the stack. */
export const keepsData = ({ stage, removal }: Pick<Config, 'stage' | 'removal'>): boolean =>
  removal === undefined ? stage === 'prod' : removal === 'keep';
