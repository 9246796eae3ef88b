import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import * as z from 'zod';
import type { AliyunCredentials } from '#functions/adapters/aliyun/aliyun-clients.ts';
import { callService } from '#functions/adapters/aws/service-error.ts';
import { variables } from '#shared/config/variables.ts';
import { AppError } from '#shared/errors/app-error.ts';

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

/**
 * Reads the credentials for Alibaba Cloud from a SecureString parameter of SSM Parameter Store.
 * @throws AppError `config.invalid` when there is no such parameter, right or content, `agent.unavailable`
 */
export const readAliyunCredentials = async (
  client: SSMClient,
  parameter: string | undefined,
): Promise<AliyunCredentials> => {
  if (parameter === undefined)
    throw new AppError('config.invalid', `${variables.aliyunParameter} is not set`, {
      hint: 'Store the access key for Alibaba Cloud as a SecureString parameter and deploy with its name.',
    });
  const { Parameter } = await callService(
    { name: `The parameter ${parameter}`, unavailable: 'agent.unavailable' },
    client.send(new GetParameterCommand({ Name: parameter, WithDecryption: true })),
  );
  const credentials = parseSecret(Parameter?.Value);
  if (credentials) return credentials;
  throw new AppError('config.invalid', `The parameter ${parameter} does not hold credentials for Alibaba Cloud`, {
    hint: 'Store {"accessKeyId": "…", "accessKeySecret": "…"} in it.',
  });
};
