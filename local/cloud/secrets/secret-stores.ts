import * as z from 'zod';
import { type AwsService, readAws } from '../provider/aws-dialect.ts';
import { CloudFault } from '../provider/cloud-fault.ts';

/** What the clouds' own stores hold, by reference: `ssm:/drover/token`, `secretsmanager:shop`, `oos-secret:token`. */
export type SecretOf = (reference: string) => string | undefined;

/** Request shapes of GetParameter (SSM API reference) and GetSecretValue (Secrets Manager API reference). */
const getParameterRequest = z.object({ Name: z.string().min(1).max(2048), WithDecryption: z.boolean().default(false) });
const getSecretValueRequest = z.object({ SecretId: z.string().min(1).max(2048) });

/** Parameter Store, as far as it gives SecureStrings away; each is in its first version. */
export const parameterOperations = (secretOf: SecretOf): AwsService['operations'] => ({
  GetParameter: (input) => {
    const { Name, WithDecryption } = readAws(getParameterRequest, input);
    const value = secretOf(`ssm:${Name}`);
    if (value === undefined) throw new CloudFault('ParameterNotFound');
    const Value = WithDecryption ? value : 'AQICAHencrypted';
    return { Parameter: { Name, Type: 'SecureString', Value, Version: 1, DataType: 'text' } };
  },
});

/** Secrets Manager, as far as it gives values away. */
export const secretsManagerService = (secretOf: SecretOf): AwsService => ({
  signingName: 'secretsmanager',
  operations: {
    GetSecretValue: (input) => {
      const { SecretId } = readAws(getSecretValueRequest, input);
      const SecretString = secretOf(`secretsmanager:${SecretId}`);
      if (SecretString === undefined)
        throw new CloudFault('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
      return { Name: SecretId, SecretString, VersionStages: ['AWSCURRENT'] };
    },
  },
});
