import * as z from 'zod';
import { type FailureKind, failureError } from '#functions/adapters/agent/call-failure.ts';
import { type KeptCredentials, keepCredentials } from '#functions/adapters/agent/kept-credentials.ts';
import type { Clock } from '#shared/ports/services.ts';
import { classifyAliyun } from './aliyun-failures.ts';
import { type AliyunCredentials, rpcTransport } from './rpc-transport.ts';

/** A RAM role, and how it is assumed. */
export interface RamRoleOptions {
  readonly roleArn: string;
  readonly externalId?: string | undefined;
  /** Shown in the other account's ActionTrail: letters, digits and `.@-_`, 2 to 64 of them. */
  readonly sessionName: string;
  /** Who assumes the role: a RAM user. */
  readonly credentials: KeptCredentials<AliyunCredentials>;
  /** Whose STS is called. */
  readonly region: string;
  readonly clock: Clock;
  /** Host and port without a scheme, instead of the region's own endpoint. */
  readonly endpoint?: string;
  readonly protocol?: 'https' | 'http';
}

/** What a role allows unless it was made longer (RAM, "Maximum session duration"). */
const sessionSeconds = 3_600;
/** New credentials are fetched so long before the old ones end: a call may wait and be repeated within this time. */
const aheadMs = 600_000;

/** Answer of AssumeRole (STS API reference). */
const replySchema = z.object({
  Credentials: z.object({
    AccessKeyId: z.string(),
    AccessKeySecret: z.string(),
    SecurityToken: z.string(),
    Expiration: z.iso.datetime(),
  }),
});

const hints: Partial<Readonly<Record<FailureKind, string>>> = {
  refused: 'Allow the RAM user sts:AssumeRole on this role, and name it in the trust policy of the role.',
};

/**
 * Credentials of a RAM role. Fetching them throws AppError `agent.refused` when the role cannot be assumed, `agent.throttled`, and
 * `agent.unavailable`; the call that they were for was not made then.
 */
export const ramRole = (options: RamRoleOptions): KeptCredentials<AliyunCredentials> => {
  const { roleArn, externalId, sessionName, credentials, region, clock } = options;
  const { endpoint = `sts.${region}.aliyuncs.com`, protocol = 'https' } = options;
  const call = rpcTransport({ endpoint, protocol, region, version: '2015-04-01' }, credentials);
  const assume = async () => {
    const request = {
      RoleArn: roleArn,
      RoleSessionName: sessionName,
      DurationSeconds: sessionSeconds,
      ...(externalId === undefined ? {} : { ExternalId: externalId }),
    };
    try {
      return replySchema.parse(await call('AssumeRole', request)).Credentials;
    } catch (error) {
      const failure = classifyAliyun(error);
      throw failure === undefined
        ? error
        : failureError(`Assuming the RAM role ${roleArn}`, failure, error, hints[failure.kind]);
    }
  };
  return keepCredentials(async () => {
    const { AccessKeyId, AccessKeySecret, SecurityToken, Expiration } = await assume();
    return {
      credentials: { accessKeyId: AccessKeyId, accessKeySecret: AccessKeySecret, securityToken: SecurityToken },
      goodUntilMs: Date.parse(Expiration) - aheadMs,
    };
  }, clock);
};
