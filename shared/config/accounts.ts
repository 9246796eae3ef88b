import * as z from 'zod';

/** Name of the role that is assumed in an account of AWS whose entry names none. */
export const defaultTargetRole = 'DroverTarget';

/** Bytes of all accounts of a cloud as JSON: they travel in a variable of functions, and all variables of a function have 4 KB (Lambda quotas). */
const mostBytes = 1_500;

const region = z.string().regex(/^[a-z]+(-[a-z0-9]+)+$/, 'is not a region such as eu-west-1');

/** Regions whose instances are targets. */
const regions = z.array(region).min(1, 'names no region');

/** AssumeRole of both clouds takes these characters; that of AWS two of them and more. */
const externalId = z.string().regex(/^[\w+=,.@:/-]{2,1224}$/, 'is an external id of letters, digits and +=,.@:/-');

/** ARN of a role: its account, and its path and name. */
const awsRoleArn = /^arn:aws[\w-]*:iam::(\d{12}):role\/([\w+=,.@/-]+)$/;
const aliyunRoleArn = /^acs:ram::(\d+):role\/([\w.-]+)$/;

/** The account that an ARN of a role is of; undefined for the name of a role. */
const accountOfRole = (role: string): string | undefined => (awsRoleArn.exec(role) ?? aliyunRoleArn.exec(role))?.[1];

/** Refuses a role of another account than its entry's. */
const roleOfAccount = ({ account, role }: { account: string; role?: string | undefined }): boolean => {
  const owner = role === undefined ? undefined : accountOfRole(role);
  return owner === undefined || owner === account;
};

const ofAnotherAccount = { path: ['role'], message: 'is a role of another account' };

const awsAccountSchema = z
  .strictObject({
    /** 12 digits. */
    account: z.string({ error: 'is text of 12 digits' }).regex(/^\d{12}$/, 'has 12 digits'),
    /** Name or ARN of the role there that is assumed. */
    role: z
      .string()
      .refine((text) => /^[\w+=,.@/-]{1,512}$/.test(text) || awsRoleArn.test(text), 'is the name or ARN of a role')
      .default(defaultTargetRole),
    /** Regions there; those of the own account when absent. */
    regions: regions.optional(),
    /** What the trust policy of the role asks for. */
    externalId: externalId.optional(),
  })
  .refine(roleOfAccount, ofAnotherAccount);

/** An account of AWS beside the own one. */
export type AwsAccount = Readonly<z.output<typeof awsAccountSchema>>;

/** Name of a SecureString parameter. */
export const parameterName = z.string().regex(/^[\w./-]{1,1011}$/, 'is the name of a parameter');

/** Name of a secret of Secrets Manager. */
export const secretName = z.string().regex(/^[\w/+=.@-]{1,512}$/, 'is the name of a secret');

const aliyunAccountSchema = z
  .strictObject({
    /** Id (UID) of the account. */
    account: z.string({ error: 'is text of digits' }).regex(/^\d{5,20}$/, 'is an account id, which has digits only'),
    regions,
    /** Secret of Secrets Manager that holds an access key; the own account's key when neither it nor `parameter` is there. */
    secret: secretName.optional(),
    /** SecureString parameter that holds an access key. */
    parameter: parameterName.optional(),
    /** Name or ARN of the RAM role that is assumed with that key; the key itself is used when absent. */
    role: z
      .string()
      .refine((text) => /^[\w.-]{1,64}$/.test(text) || aliyunRoleArn.test(text), 'is the name or ARN of a RAM role')
      .optional(),
    /** What the trust policy of the role asks for. */
    externalId: externalId.optional(),
  })
  .refine(roleOfAccount, ofAnotherAccount)
  .refine(({ secret, parameter }) => secret === undefined || parameter === undefined, {
    path: ['parameter'],
    message: 'goes without secret: one of them holds the access key',
  })
  .refine(({ secret, parameter, role }) => (secret ?? parameter ?? role) !== undefined, {
    path: ['secret'],
    message: 'is missing: name the secret or parameter with an access key, or a role for the key of the own account',
  })
  .refine(({ externalId: given, role }) => given === undefined || role !== undefined, {
    path: ['externalId'],
    message: 'goes with a role',
  });

/** An account of Alibaba Cloud beside the own one. */
export type AliyunAccount = Readonly<z.output<typeof aliyunAccountSchema>>;

/** Accounts of AWS as text for a variable: without the role that is there anyway. */
export const awsAccountsText = (entries: readonly AwsAccount[]): string =>
  JSON.stringify(entries.map(({ role, ...entry }) => (role === defaultTargetRole ? entry : { ...entry, role })));

/** Accounts of Alibaba Cloud as text for a variable. */
export const aliyunAccountsText = (entries: readonly AliyunAccount[]): string => JSON.stringify(entries);

/** Refuses accounts that are there twice, and more than a variable takes. */
const checkList =
  <Entry extends { readonly account: string }>(textOf: (entries: readonly Entry[]) => string) =>
  (entries: readonly Entry[], context: z.RefinementCtx): void => {
    const seen = new Set<string>();
    for (const [index, { account }] of entries.entries()) {
      if (seen.has(account))
        context.addIssue({ code: 'custom', path: [index, 'account'], message: `${account} is there twice` });
      seen.add(account);
    }
    const bytes = new TextEncoder().encode(textOf(entries)).length;
    if (bytes > mostBytes)
      context.addIssue(
        `takes ${bytes} bytes as JSON, of at most ${mostBytes}: leave out regions and roles that are the default, or use a second deployment`,
      );
  };

/** Accounts of AWS beside the own one, each once. */
export const awsAccountsSchema = z.array(awsAccountSchema).superRefine(checkList(awsAccountsText));

/** Accounts of Alibaba Cloud beside the own one, each once. */
export const aliyunAccountsSchema = z.array(aliyunAccountSchema).superRefine(checkList(aliyunAccountsText));

/** The partition that a region of AWS is in. Roles are assumed in one's own partition only. */
export const partitionOf = (name: string): 'aws' | 'aws-cn' | 'aws-us-gov' => {
  if (name.startsWith('cn-')) return 'aws-cn';
  return name.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
};

/** ARN of the role that is assumed in an account of AWS. */
export const awsRoleOf = ({ account, role }: Pick<AwsAccount, 'account' | 'role'>, partition: string): string =>
  awsRoleArn.test(role) ? role : `arn:${partition}:iam::${account}:role/${role.replace(/^\//, '')}`;

/** ARN of a RAM role of an account of Alibaba Cloud. */
export const aliyunRoleOf = ({ account, role }: { readonly account: string; readonly role: string }): string =>
  aliyunRoleArn.test(role) ? role : `acs:ram::${account}:role/${role}`;
