import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { bundleFile, bundleFunctions } from '#infra/bundle-functions.ts';
import { parseFleet } from '#local/cloud/fleet.ts';
import { type FleetCloud, startFleetCloud } from '#local/cloud/fleet-cloud.ts';
import { startWireServer, type WireServer } from '#test/functions/adapters/aws/wire-server.ts';
import { type Dynalite, startDynalite } from '#test/kit/dynalite.ts';
import { type S3Endpoint, startS3Endpoint } from '#test/kit/s3-endpoint.ts';
import { type StsEndpoint, startStsEndpoint } from '#test/kit/sts-endpoint.ts';
import { invokeBundle, resultOf } from './deployed-bundles.ts';
import { synthesise } from './synth.ts';

const [own, byName, byArn] = ['000000000000', '222222222222', '333333333333'] as const;
const [cnKey, cnRole] = ['4444444444444444', '5555555555555555'] as const;

const fleet = `instances:
  - {name: own-eu, cloud: aws, region: eu-west-1}
  - {name: two-eu, cloud: aws, account: '${byName}', region: eu-west-1}
  - {name: two-us, cloud: aws, account: '${byName}', region: us-east-1}
  - {name: three-us, cloud: aws, account: '${byArn}', region: us-east-1}
  - {name: three-eu, cloud: aws, account: '${byArn}', region: eu-west-1}
  - {name: cn-own, cloud: aliyun, region: cn-hangzhou}
  - {name: cn-key, cloud: aliyun, account: '${cnKey}', region: cn-shanghai}
  - {name: cn-role, cloud: aliyun, account: '${cnRole}', region: cn-hangzhou}
`;

const awsAccounts = [
  { account: byName, externalId: 'x-2', regions: ['eu-west-1', 'us-east-1'] },
  { account: byArn, role: `arn:aws:iam::${byArn}:role/ops/Runner` },
];
const aliyunAccounts = [
  { account: cnKey, regions: ['cn-shanghai'], parameter: '/shop/aliyun' },
  { account: cnRole, regions: ['cn-hangzhou'], role: 'Drover', externalId: 'x-5' },
];

/** A key of the local cloud sees the account that it is called after. */
const keyOf = (accessKeyId: string) => JSON.stringify({ accessKeyId, accessKeySecret: 'local' });
const kept: Readonly<Record<string, string>> = {
  'secretsmanager:drover-aliyun': keyOf(own),
  'ssm:/shop/aliyun': keyOf(cnKey),
};

/** Alibaba Cloud's STS, which gives the one role that is asked for. */
const aliyunSession = JSON.stringify({
  RequestId: 'r',
  Credentials: {
    ...{ AccessKeyId: cnRole, AccessKeySecret: 'local', SecurityToken: 't', Expiration: '2999-01-01T00:00:00Z' },
  },
});

let dir: string;
let table: Dynalite;
let s3: S3Endpoint;
let sts: StsEndpoint;
let aliyunSts: WireServer;
let cloud: FleetCloud;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'drover-deployed-accounts-'));
  table = await startDynalite();
  s3 = await startS3Endpoint();
  sts = await startStsEndpoint();
  aliyunSts = await startWireServer(() => ({ status: 200, body: aliyunSession }));
  cloud = await startFleetCloud({
    ...{ fleet: parseFleet(fleet, 'fleet.yaml'), dir: join(dir, 'cloud'), spawnersCount: 1 },
    secretOf: (reference) => kept[reference],
  });
});

afterAll(async () => {
  await cloud.close();
  await aliyunSts.stop();
  await sts.stop();
  await s3.stop();
  await table.stop();
  await rm(dir, { recursive: true, force: true });
});

/** The variables of the API's function in a stack with these accounts, with real names in place of references. */
const environment = (): Readonly<Record<string, string>> => {
  const stack = synthesise({
    ...{ awsRegions: 'eu-west-1', awsAccounts: JSON.stringify(awsAccounts) },
    ...{ aliyunRegions: 'cn-hangzhou', aliyunSecret: 'drover-aliyun', aliyunAccounts: JSON.stringify(aliyunAccounts) },
    ...{ aliyunEndpoint: `http://${cloud.ecsEndpoint}`, aliyunStsEndpoint: aliyunSts.endpoint },
  });
  const [[, api] = []] = stack.ofType('AWS::Lambda::Function').filter(([id]) => id.startsWith('ApiFunction'));
  const declared: Readonly<Record<string, unknown>> = api?.Properties.Environment.Variables ?? {};
  const texts = Object.entries(declared).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const arn = 'arn:aws:states:eu-west-1:000000000000:stateMachine:drover';
  return {
    ...Object.fromEntries(texts),
    DROVER_TABLE: table.tableName,
    DROVER_BUCKET: 'blobs',
    DROVER_STATE_MACHINE_ARN: arn,
    DROVER_SCHEDULER_GROUP: 'drover',
    DROVER_SCHEDULER_TARGET_ARN: 'arn:aws:lambda:eu-west-1:000000000000:function:fire',
    DROVER_SCHEDULER_ROLE_ARN: 'arn:aws:iam::000000000000:role/schedules',
    DROVER_SCHEDULER_DEAD_LETTERS_ARN: 'arn:aws:sqs:eu-west-1:000000000000:dead',
    DROVER_AWS_ACCOUNT: own,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: own,
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: table.endpoint,
    AWS_ENDPOINT_URL_S3: s3.url,
    AWS_ENDPOINT_URL_STS: sts.url,
    AWS_ENDPOINT_URL_SSM: cloud.ssmEndpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: cloud.secretsManagerEndpoint,
    AWS_ENDPOINT_URL_RESOURCE_GROUPS_TAGGING_API: cloud.taggingEndpoint,
  };
};

const request = {
  version: '2.0',
  routeKey: 'ANY /{proxy+}',
  rawPath: '/v1/nodes',
  rawQueryString: '',
  headers: { host: 'api.example' },
  requestContext: {
    domainName: 'api.example',
    http: { method: 'GET', path: '/v1/nodes' },
    authorizer: { iam: { userArn: `arn:aws:iam::${own}:user/ann` } },
  },
  isBase64Encoded: false,
};

const answerSchema = z.object({ statusCode: z.number(), body: z.string() });

describe('a deployment with several accounts', () => {
  it('lists the instances of all of them, each by the credentials that are configured for it', async () => {
    await bundleFunctions(['api'], dir);

    const { replies, lines } = await invokeBundle(
      { file: join(dir, 'api', bundleFile), events: [request] },
      environment(),
    );

    const { statusCode, body } = answerSchema.parse(resultOf(replies[0]));
    expect(statusCode, JSON.stringify(lines)).toBe(200);
    const { items }: { readonly items: readonly Readonly<Record<string, string>>[] } = JSON.parse(body);
    expect(items.map(({ name, account = 'own', region }) => `${name} ${account} ${region}`).sort()).toEqual([
      `cn-key ${cnKey} cn-shanghai`,
      'cn-own own cn-hangzhou',
      `cn-role ${cnRole} cn-hangzhou`,
      'own-eu own eu-west-1',
      // Of the third account only the deployment's own region is configured.
      `three-eu ${byArn} eu-west-1`,
      `two-eu ${byName} eu-west-1`,
      `two-us ${byName} us-east-1`,
    ]);
    const session = { signedBy: own, sessionName: 'drover-dev', durationSeconds: 3_600 };
    expect([...sts.calls].sort((one, other) => (one.roleArn < other.roleArn ? -1 : 1))).toEqual([
      { ...session, roleArn: `arn:aws:iam::${byName}:role/DroverTarget`, externalId: 'x-2' },
      { ...session, roleArn: `arn:aws:iam::${byArn}:role/ops/Runner`, externalId: undefined },
    ]);
    const [assumed, ...more] = aliyunSts.requests;
    expect(more).toEqual([]);
    expect(decodeURIComponent(assumed?.path ?? '')).toContain(`RoleArn=acs:ram::${cnRole}:role/Drover`);
  });
});
