import { SSMClient, type SSMClientConfig } from '@aws-sdk/client-ssm';
import type { KeptCredentials } from '#functions/adapters/agent/kept-credentials.ts';
import { type AccountCredentials, clientPerScope } from '#functions/adapters/agent/scope-clients.ts';
import type { AwsKey } from '#functions/adapters/aws/assumed-role.ts';
import { providerOf, type Renewable, renewing } from '#functions/adapters/aws/renewing.ts';
import { withoutCallLog } from '#functions/adapters/aws/without-call-log.ts';
import type { AgentScope } from '#shared/ports/agent.ts';

/** Credentials as the AWS SDK takes them: fixed ones, or a provider such as one that assumes a role. */
export type AwsCredentials = NonNullable<SSMClientConfig['credentials']>;

/** Who calls: credentials as the SDK takes them, or ones that are kept, which are fetched again when AWS no longer takes them. */
export type AwsIdentity = AwsCredentials | KeptCredentials<AwsKey>;

const isKept = (identity: AwsIdentity): identity is KeptCredentials<AwsKey> =>
  typeof identity === 'object' && 'instead' in identity;

/** Where AWS is and who calls it. */
export interface AwsClientsOptions extends AccountCredentials<AwsIdentity> {
  /** Instead of the service's own endpoint, such as `http://127.0.0.1:4566`. */
  readonly endpoint?: string;
  /** Of the home account; the SDK's own chain when absent. */
  readonly credentials?: AwsIdentity;
}

/**
 * What every AWS client here is configured with: no tries of the SDK's own, because it cannot know that SendCommand must not be sent
 * twice (it has no idempotency token), and timeouts, of which the SDK has none.
 */
const awsClientConfig = ({ endpoint }: AwsClientsOptions, region: string, identity: AwsIdentity | undefined) => ({
  region,
  maxAttempts: 1,
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 20_000, throwOnRequestTimeout: true },
  ...(endpoint === undefined ? {} : { endpoint }),
  ...(identity === undefined ? {} : { credentials: isKept(identity) ? providerOf(identity) : identity }),
});

/** What a client of AWS is made with. */
export type AwsClientConfig = ReturnType<typeof awsClientConfig>;

/** Clients of a service of AWS by account and region. */
export const awsClients = <Client extends Renewable>(
  options: AwsClientsOptions,
  build: (config: AwsClientConfig) => Client,
): ((scope: AgentScope) => Client) =>
  clientPerScope<AwsIdentity, Client>(options, (region, credentials) => {
    const identity = credentials ?? options.credentials;
    const client = build(awsClientConfig(options, region, identity));
    return identity !== undefined && isKept(identity) ? renewing(client, identity) : client;
  });

/** SSM clients by account and region. */
export const ssmClients = (options: AwsClientsOptions = {}): ((scope: AgentScope) => SSMClient) =>
  awsClients(options, (config) => withoutCallLog(new SSMClient(config)));
