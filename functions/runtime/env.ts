import * as z from 'zod';
import { aliyunAccountsSchema, awsAccountsSchema } from '#shared/config/accounts.ts';
import { defaultInventoryAges, type InventoryAges } from '#shared/config/inventory.ts';
import { daySeconds, defaultRetention, type Retention } from '#shared/config/retention.ts';
import { variables } from '#shared/config/variables.ts';
import { listPrices, type PriceTable, priceTableSchema } from '#shared/cost/prices.ts';
import { AppError } from '#shared/errors/app-error.ts';

/** The environment of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable that has to be set. */
export const required = z.string({ error: 'is not set' }).min(1, 'is empty');

/** An empty variable counts as one that is not set. */
const optional = z
  .string()
  .optional()
  .transform((text) => text || undefined);

const region = z.string().regex(/^[a-z]+(-[a-z0-9]+)+$/, 'is not a region such as eu-west-1');

const regions = z
  .string()
  .default('')
  .transform((text) => text.split(',').flatMap((part) => part.trim() || []))
  .pipe(z.array(region));

/** A variable with an address. */
export const address = z.url({
  protocol: /^https?$/,
  error: 'is not an address such as https://ecs-vpc.cn-hangzhou.aliyuncs.com',
});

const days = optional
  .transform((text) => (text === undefined ? undefined : Number(text)))
  .pipe(z.int('is not a whole number of days').min(1, 'is below 1').optional());

/** How long each kind of thing is kept. */
const daysOfKinds = { [variables.retentionDays]: days, [variables.historyDays]: days, [variables.firingDays]: days };

const tableSchema = z.object({ [variables.table]: required, ...daysOfKinds }).transform((env) => {
  const { [variables.retentionDays]: kept, [variables.historyDays]: history, [variables.firingDays]: firings } = env;
  return {
    tableName: env[variables.table],
    ...(kept === undefined ? {} : { retentionSeconds: kept * daySeconds }),
    ...(history === undefined ? {} : { historySeconds: history * daySeconds }),
    ...(firings === undefined ? {} : { firingSeconds: firings * daySeconds }),
  };
});

const retentionSchema = z.object(daysOfKinds).transform((env) => ({
  runDays: env[variables.retentionDays] ?? defaultRetention.runDays,
  historyDays: env[variables.historyDays] ?? defaultRetention.historyDays,
  firingDays: env[variables.firingDays] ?? defaultRetention.firingDays,
}));

const bucketSchema = z
  .object({ [variables.bucket]: required, [variables.keyPrefix]: z.string().default('') })
  .transform((env) => ({ bucket: env[variables.bucket], keyPrefix: env[variables.keyPrefix] }));

const machineSchema = z
  .object({ [variables.stateMachine]: required.regex(/^arn:[\w-]+:states:/, 'is not the ARN of a state machine') })
  .transform((env) => ({ stateMachineArn: env[variables.stateMachine] }));

const schedulerSchema = z
  .object({
    [variables.schedulerGroup]: required,
    [variables.schedulerTarget]: required.regex(/^arn:[\w-]+:lambda:/, 'is not the ARN of a function'),
    [variables.schedulerRole]: required.regex(/^arn:[\w-]+:iam:/, 'is not the ARN of a role'),
    [variables.schedulerDeadLetters]: required.regex(/^arn:[\w-]+:sqs:/, 'is not the ARN of a queue'),
  })
  .transform((env) => ({
    groupName: env[variables.schedulerGroup],
    targetArn: env[variables.schedulerTarget],
    roleArn: env[variables.schedulerRole],
    deadLetterArn: env[variables.schedulerDeadLetters],
  }));

const examinationSchema = z
  .object({
    [variables.stateMachine]: required,
    [variables.schedulerGroup]: required,
    [variables.agentEventsRule]: required,
    [variables.runEndsRule]: required,
    [variables.sweepRule]: required,
    [variables.deadLetters]: required,
  })
  .transform((env) => ({
    stateMachineArn: env[variables.stateMachine],
    groupName: env[variables.schedulerGroup],
    agentEventsRule: env[variables.agentEventsRule],
    runEndsRule: env[variables.runEndsRule],
    sweepRule: env[variables.sweepRule],
    deadLettersUrl: env[variables.deadLetters],
  }));

const jsonList = (text: string | undefined, context: z.RefinementCtx): unknown => {
  try {
    return JSON.parse(text ?? '[]');
  } catch {
    context.addIssue('is not JSON');
    return z.NEVER;
  }
};

const cloudsSchema = z
  .object({
    [variables.awsRegions]: regions,
    [variables.awsAccount]: optional.pipe(
      z
        .string()
        .regex(/^\d{12}$/, 'is not an account of AWS')
        .optional(),
    ),
    [variables.awsAccounts]: optional.transform(jsonList).pipe(awsAccountsSchema),
    [variables.aliyunRegions]: regions,
    [variables.aliyunAccounts]: optional.transform(jsonList).pipe(aliyunAccountsSchema),
    [variables.aliyunParameter]: optional,
    [variables.aliyunSecret]: optional,
    [variables.aliyunEndpoint]: optional.pipe(address.optional()),
    [variables.aliyunStsEndpoint]: optional.pipe(address.optional()),
  })
  .transform((env) => ({
    awsRegions: env[variables.awsRegions],
    awsAccount: env[variables.awsAccount],
    awsAccounts: env[variables.awsAccounts],
    aliyunRegions: env[variables.aliyunRegions],
    aliyunAccounts: env[variables.aliyunAccounts],
    aliyunParameter: env[variables.aliyunParameter],
    aliyunSecret: env[variables.aliyunSecret],
    aliyunEndpoint: env[variables.aliyunEndpoint],
    aliyunStsEndpoint: env[variables.aliyunStsEndpoint],
  }))
  .refine(({ awsAccount, awsAccounts }) => !awsAccounts.some(({ account }) => account === awsAccount), {
    path: [variables.awsAccounts],
    message: 'names the own account, whose instances are targets anyway',
  });

const inventorySchema = z
  .object({
    [variables.inventorySeconds]: optional
      .transform((text) => (text === undefined ? defaultInventoryAges.shownSeconds : Number(text)))
      .pipe(z.int('is not a whole number of seconds').min(0, 'is below 0').max(86_400, 'is more than a day')),
  })
  .transform((env): InventoryAges => {
    const shownSeconds = env[variables.inventorySeconds];
    return { shownSeconds, plannedSeconds: Math.min(defaultInventoryAges.plannedSeconds, shownSeconds) };
  });

const names = z
  .string()
  .default('')
  .transform((text) => text.split(',').flatMap((part) => part.trim() || []));

const secretsSchema = z
  .object({
    [variables.envSecrets]: optional.transform((prefix) => prefix ?? 'DROVER_SECRET_'),
    [variables.ssmSecrets]: names,
    [variables.managerSecrets]: names,
  })
  .transform((env) => ({
    envPrefix: env[variables.envSecrets],
    ssmPrefixes: env[variables.ssmSecrets],
    managerPrefixes: env[variables.managerSecrets],
  }));

const apiSchema = z.object({ [variables.version]: required }).transform((env) => ({ version: env[variables.version] }));

const rolesOfText = (
  text: string | undefined,
  context: z.RefinementCtx,
): Readonly<Record<string, readonly string[]>> => {
  try {
    return z.record(z.string(), z.array(z.string())).parse(JSON.parse(text ?? '{}'));
  } catch {
    context.addIssue('is not a JSON object of roles with lists of actors');
    return z.NEVER;
  }
};

const rolesSchema = z
  .object({ [variables.roles]: optional.transform(rolesOfText) })
  .transform((env) => ({ roles: env[variables.roles] }));

const pricesOfText = (text: string | undefined, context: z.RefinementCtx): PriceTable => {
  try {
    return priceTableSchema.parse({ ...listPrices, ...priceTableSchema.partial().parse(JSON.parse(text ?? '{}')) });
  } catch {
    context.addIssue(`is not a JSON object of prices: ${Object.keys(listPrices).join(', ')}`);
    return z.NEVER;
  }
};

const pricesSchema = z
  .object({ [variables.prices]: optional.transform(pricesOfText) })
  .transform((env) => env[variables.prices]);

/**
 * Variables as a schema has them; those of this process when none are given.
 * @throws AppError `config.invalid` that names each wrong variable
 */
export const read = <S extends z.ZodType<object>>(
  schema: S,
  environment: Environment = process.env,
): Readonly<z.output<S>> => {
  const parsed = schema.safeParse(environment);
  if (parsed.success) return Object.freeze(parsed.data);
  const places = parsed.error.issues.map(({ message, path }) => ({ message, path: path.map(String).join('.') }));
  throw new AppError('config.invalid', places.map(({ path, message }) => `${path} ${message}`).join('; '), {
    places,
    hint: 'Set it in the environment of the function; the deployed stack does.',
  });
};

/**
 * Where the table is and how long what belongs to a run is kept.
 * @throws AppError `config.invalid` that names the variable; so do all readers of this file
 */
export const readTableEnv = (environment: Environment = process.env) => read(tableSchema, environment);

/** How long a machine of one's own keeps things: as the variables say, else the defaults. */
export const readRetentionEnv = (environment: Environment = process.env): Retention =>
  read(retentionSchema, environment);

/** Where the blobs are. */
export const readBucketEnv = (environment: Environment = process.env) => read(bucketSchema, environment);

/** Which state machine runs the runs. */
export const readMachineEnv = (environment: Environment = process.env) => read(machineSchema, environment);

/** Where schedules are kept, and what they call. */
export const readSchedulerEnv = (environment: Environment = process.env) => read(schedulerSchema, environment);

/** What an examination looks at beside table, bucket and clouds. */
export const readExaminationEnv = (environment: Environment = process.env) => read(examinationSchema, environment);

/** Which regions of which cloud have targets, and where the credentials of the foreign cloud are kept. */
export const readCloudsEnv = (environment: Environment = process.env) => read(cloudsSchema, environment);

/** How old a reading of the clouds may be. */
export const readInventoryEnv = (environment: Environment = process.env): InventoryAges =>
  read(inventorySchema, environment);

/** Which secrets jobs may refer to, and the environment that `env:` references mean. */
export const readSecretsEnv = (environment: Environment = process.env) => ({
  ...read(secretsSchema, environment),
  environment,
});

/** Who has which role; nobody has one when it is not set. */
export const readRolesEnv = (environment: Environment = process.env) => read(rolesSchema, environment);

/** What use is valued at: list prices, and over them those that are configured. */
export const readPricesEnv = (environment: Environment = process.env): PriceTable => read(pricesSchema, environment);

/** What the API says of itself. */
export const readApiEnv = (environment: Environment = process.env) => read(apiSchema, environment);

/** Name of the deployment; undefined where nobody watches its metrics. */
export const deploymentName = (environment: Environment = process.env): string | undefined =>
  environment[variables.deployment] || undefined;

/** Whether debug lines are written. */
export const isDebugging = (environment: Environment = process.env): boolean =>
  environment[variables.logLevel] === 'debug';
