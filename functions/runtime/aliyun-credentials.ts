import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import * as z from 'zod';
import type { AliyunCredentials } from '#functions/adapters/aliyun/rpc-transport.ts';
import { callService } from '#functions/adapters/aws/service-error.ts';
import { variables } from '#shared/config/variables.ts';
import { AppError } from '#shared/errors/app-error.ts';

/** Where an access key for Alibaba Cloud is kept: in one of the two. */
export interface AliyunKeyPlace {
  /** Name of a SecureString parameter of SSM Parameter Store. */
  readonly parameter?: string | undefined;
  /** Name of a secret of Secrets Manager. */
  readonly secret?: string | undefined;
}

/** What reads the two kinds of places. */
export interface AliyunKeyReaders {
  readonly ssm: SSMClient;
  /** Reads the text of a secret; undefined for a binary one. */
  readonly readSecret: (name: string) => Promise<string | undefined>;
}

const credentialsSchema = z.strictObject({
  accessKeyId: z.string().min(1),
  accessKeySecret: z.string().min(1),
  securityToken: z.string().min(1).exactOptional(),
});

/** Nothing of the text may reach a message or a cause: it is a secret, and JSON.parse quotes what it cannot read. */
const parseSecret = (text: string | undefined): AliyunCredentials | undefined => {
  try {
    return credentialsSchema.safeParse(JSON.parse(text ?? '')).data;
  } catch {
    return undefined;
  }
};

const readParameter = async (client: SSMClient, name: string): Promise<string | undefined> =>
  (await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }))).Parameter?.Value;

/**
 * Reads the credentials for Alibaba Cloud.
 * @throws AppError `config.invalid` when there is no such parameter or secret, no right to it, or something else in it; `agent.unavailable`
 */
export const readAliyunCredentials = async (
  { ssm, readSecret }: AliyunKeyReaders,
  { parameter, secret }: AliyunKeyPlace,
): Promise<AliyunCredentials> => {
  const place = secret === undefined ? `The parameter ${parameter}` : `The secret ${secret}`;
  const reading = secret === undefined ? parameter && readParameter(ssm, parameter) : readSecret(secret);
  if (!reading)
    throw new AppError('config.invalid', `Neither ${variables.aliyunSecret} nor ${variables.aliyunParameter} is set`, {
      hint: 'Store the access key for Alibaba Cloud in Secrets Manager or as a SecureString parameter, and deploy with its name.',
    });
  const text = await callService({ name: place, unavailable: 'agent.unavailable' }, reading);
  const credentials = parseSecret(text);
  if (credentials) return credentials;
  throw new AppError('config.invalid', `${place} does not hold credentials for Alibaba Cloud`, {
    hint: 'Store {"accessKeyId": "…", "accessKeySecret": "…"} in it.',
  });
};
