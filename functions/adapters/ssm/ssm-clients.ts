import { SSMClient, type SSMClientConfig } from '@aws-sdk/client-ssm';
import { type AccountCredentials, clientPerScope } from '#functions/adapters/agent/scope-clients.ts';
import { withoutCallLog } from '#functions/adapters/aws/without-call-log.ts';
import type { AgentScope } from '#shared/ports/agent.ts';

/** Credentials as the AWS SDK takes them: fixed ones, or a provider such as one that assumes a role. */
export type AwsCredentials = NonNullable<SSMClientConfig['credentials']>;

/** Where AWS is and who calls it. */
export interface AwsClientsOptions extends AccountCredentials<AwsCredentials> {
  /** Instead of the service's own endpoint, such as `http://127.0.0.1:4566`. */
  readonly endpoint?: string;
  /** Of the home account; the SDK's own chain when absent. */
  readonly credentials?: AwsCredentials;
}

/**
 * What every AWS client here is configured with: no tries of the SDK's own, because it cannot know that SendCommand must not be sent
 * twice (it has no idempotency token), and timeouts, of which the SDK has none.
 */
export const awsClientConfig = (
  options: AwsClientsOptions,
  region: string,
  credentials: AwsCredentials | undefined,
) => {
  const chosen = credentials ?? options.credentials;
  return {
    region,
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 20_000, throwOnRequestTimeout: true },
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    ...(chosen === undefined ? {} : { credentials: chosen }),
  };
};

/** SSM clients by account and region. */
export const ssmClients = (options: AwsClientsOptions = {}): ((scope: AgentScope) => SSMClient) =>
  clientPerScope(options, (region, credentials) =>
    withoutCallLog(new SSMClient(awsClientConfig(options, region, credentials))),
  );
