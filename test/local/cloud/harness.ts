import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ecs from '@alicloud/ecs20140526';
import { $OpenApiUtil } from '@alicloud/openapi-core';
import { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import {
  GetCommandInvocationCommand,
  type GetCommandInvocationCommandOutput,
  SendCommandCommand,
  type SendCommandCommandInput,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { onTestFinished } from 'vitest';
import { parseFleet } from '#local/cloud/fleet.ts';
import { type FleetCloud, type FleetCloudOptions, startFleetCloud } from '#local/cloud/fleet-cloud.ts';

export const AWS_REGION = 'eu-central-1';
export const ALIYUN_REGION = 'cn-hangzhou';
const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

/** The package is CommonJS: Node wraps its exports once more than its types say. */
const EcsClient: typeof ecs.default = Reflect.get(ecs.default, 'default') ?? ecs.default;

/** One line of flow YAML for each instance. */
export const fleetOf = (...lines: readonly string[]) =>
  parseFleet(`instances:\n${lines.map((line) => `  - {${line}}`).join('\n')}`, 'fleet.yaml');

export const aws = (name: string, more = '') =>
  `name: ${name}, cloud: aws, region: ${AWS_REGION}${more && `, ${more}`}`;
export const aliyun = (name: string, more = '') =>
  `name: ${name}, cloud: aliyun, region: ${ALIYUN_REGION}${more && `, ${more}`}`;

/** A folder that goes away with the test. */
export const testDir = async (): Promise<string> => {
  const dir = await mkdtemp(join(tmpdir(), 'drover-cloud-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
  return dir;
};

/** A running cloud that stops with the test. */
export const startCloud = async (
  options: Partial<FleetCloudOptions> & Pick<FleetCloudOptions, 'fleet'>,
): Promise<FleetCloud & { readonly dir: string }> => {
  const dir = options.dir ?? (await testDir());
  const cloud = await startFleetCloud({ spawnersCount: 1, ...options, dir });
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= cloud.close();
    return closed;
  };
  onTestFinished(close);
  return { ...cloud, close, dir };
};

export const ssmClient = (
  endpoint: string,
  options: { readonly region?: string; readonly maxAttempts?: number; readonly accessKeyId?: string } = {},
) => {
  const { accessKeyId = CREDENTIALS.accessKeyId } = options;
  const client = new SSMClient({
    endpoint,
    region: options.region ?? AWS_REGION,
    credentials: { ...CREDENTIALS, accessKeyId },
    maxAttempts: options.maxAttempts ?? 1,
  });
  onTestFinished(() => client.destroy());
  return client;
};

export const taggingClient = (endpoint: string, region = AWS_REGION) => {
  const client = new ResourceGroupsTaggingAPIClient({ endpoint, region, credentials: CREDENTIALS });
  onTestFinished(() => client.destroy());
  return client;
};

export const ecsClient = (endpoint: string, accessKeyId = 'local') =>
  new EcsClient(
    new $OpenApiUtil.Config({
      accessKeyId,
      accessKeySecret: 'local',
      regionId: ALIYUN_REGION,
      endpoint,
      protocol: 'http',
      readTimeout: 10_000,
      connectTimeout: 10_000,
    }),
  );

/** Asks until the answer is there. */
export const eventually = async <T>(
  ask: () => Promise<T | undefined> | T | undefined,
  withinMs = 15_000,
): Promise<T> => {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`No answer within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

/** Sends a shell script by SSM and returns the command's id. */
export const send = async (
  client: SSMClient,
  instanceIds: readonly string[],
  script: string,
  more: Partial<SendCommandCommandInput> = {},
) => {
  const { Parameters, ...rest } = more;
  const { Command } = await client.send(
    new SendCommandCommand({
      DocumentName: 'AWS-RunShellScript',
      ...(instanceIds.length > 0 ? { InstanceIds: [...instanceIds] } : {}),
      Parameters: { commands: [script], ...Parameters },
      ...rest,
    }),
  );
  return Command!.CommandId!;
};

const OPEN = ['Pending', 'InProgress', 'Delayed', 'Cancelling'];

export const lookAt = (
  client: SSMClient,
  commandId: string,
  instanceId: string,
): Promise<GetCommandInvocationCommandOutput> =>
  client.send(new GetCommandInvocationCommand({ CommandId: commandId, InstanceId: instanceId }));

/** Waits for an invocation's end. */
export const endOf = (client: SSMClient, commandId: string, instanceId: string) =>
  eventually(async () => {
    const look = await lookAt(client, commandId, instanceId);
    return OPEN.includes(look.Status ?? '') ? undefined : look;
  });

/** The name of the error that a call is refused with. */
export const refusal = async (call: Promise<unknown>): Promise<string> => {
  try {
    await call;
  } catch (error) {
    if (error instanceof Error) return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
    throw error;
  }
  return 'accepted';
};

/** Waits until a process is gone; one that only waits to be buried counts as gone. */
export const gone = (pid: number): Promise<true> =>
  eventually(() => {
    try {
      process.kill(pid, 0);
      return readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ') ? true : undefined;
    } catch {
      return true;
    }
  }, 3_000);
