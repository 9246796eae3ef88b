import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { type FailureKind, failureError } from '#functions/adapters/agent/call-failure.ts';
import { type KeptCredentials, keepCredentials } from '#functions/adapters/agent/kept-credentials.ts';
import { classifyAws } from '#functions/adapters/ssm/ssm-failures.ts';
import type { Clock } from '#shared/ports/services.ts';
import { ownClientConfig } from './own-client-config.ts';

/** An access key with its token, as the SDK takes it. */
export type AwsKey = Awaited<ReturnType<ReturnType<typeof fromTemporaryCredentials>>>;

/** A role of another account, and how it is assumed. */
export interface AssumedRoleOptions {
  readonly roleArn: string;
  readonly externalId?: string | undefined;
  /** Shown in the other account's CloudTrail: letters, digits and `+=,.@-`, 2 to 64 of them. */
  readonly sessionName: string;
  readonly clock: Clock;
  /** Where STS is called; the region of this process when absent. */
  readonly region?: string;
  /** Instead of the service's own endpoint. */
  readonly endpoint?: string;
  /** Who assumes the role; the process itself when absent. */
  readonly credentials?: AwsKey;
}

/** The most that a role gives to who is in a role itself (STS, "Role chaining"). */
const sessionSeconds = 3_600;
/** New credentials are fetched so long before the old ones end: a call may wait and be repeated within this time. */
const aheadMs = 600_000;

const hints: Partial<Readonly<Record<FailureKind, string>>> = {
  refused:
    'Deploy docs/cross-account-role.yaml in that account, with this deployment’s account and the external id that is configured for it.',
};

const roleError = (error: unknown, { roleArn }: AssumedRoleOptions): unknown => {
  const failure = classifyAws(error);
  return failure === undefined
    ? error
    : failureError(`Assuming the role ${roleArn}`, failure, error, hints[failure.kind]);
};

/**
 * Credentials of a role of another account. Fetching them throws AppError `agent.refused` when the role cannot be assumed, `agent.throttled`,
 * and `agent.unavailable`; the call that they were for was not made then.
 */
export const assumedRole = (options: AssumedRoleOptions): KeptCredentials<AwsKey> => {
  const { roleArn, externalId, sessionName, clock, region, endpoint, credentials } = options;
  const assume = fromTemporaryCredentials({
    params: {
      RoleArn: roleArn,
      RoleSessionName: sessionName,
      DurationSeconds: sessionSeconds,
      ...(externalId === undefined ? {} : { ExternalId: externalId }),
    },
    clientConfig: {
      ...ownClientConfig,
      ...(region === undefined ? {} : { region }),
      ...(endpoint === undefined ? {} : { endpoint }),
    },
    ...(credentials === undefined ? {} : { masterCredentials: credentials }),
  });
  return keepCredentials(async () => {
    try {
      const key = await assume();
      return { credentials: key, goodUntilMs: (key.expiration?.getTime() ?? 0) - aheadMs };
    } catch (error) {
      throw roleError(error, options);
    }
  }, clock);
};
