import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Template } from 'aws-cdk-lib/assertions';
import * as z from 'zod';
import { parseFleet } from '#local/cloud/fleet.ts';
import { type FleetCloud, startFleetCloud } from '#local/cloud/fleet-cloud.ts';
import type { StateMachine } from '#shared/workflow/asl.ts';
import { type S3Endpoint, startS3Endpoint } from '#test/kit/s3-endpoint.ts';
import { type CountedTable, startCountedTable } from './counted-table.ts';
import { type DeployedBundle, type DeployedStack, synthesiseBundled } from './deployed-bundles.ts';
import { type DeployedRule, fits, inputOf } from './deployed-bus.ts';
import { type DeployedFunction, startFunction } from './deployed-function.ts';
import { type DeployedMachine, startMachine } from './deployed-machine.ts';

const account = '111122223333';
const region = 'eu-west-1';
const arnOf = (logicalId: string): string => `arn:aws:lambda:${region}:${account}:function:${logicalId}`;
/** ARN of the run machine. */
export const machineArn = `arn:aws:states:${region}:${account}:stateMachine:drover`;
const aliyunParameter = '/drover/aliyun';

/** The deployed stack with loopback endpoints in place of the clouds' own: the synthesized documents, and each bundle in a process. */
export interface DeployedCloud {
  readonly machine: DeployedMachine;
  readonly table: CountedTable;
  readonly provider: FleetCloud;
  readonly s3: S3Endpoint;
  /** Functions by name: `StartRun` … `Api`. */
  readonly functions: ReadonlyMap<string, DeployedFunction>;
  /** Calls the API as API Gateway does for a signed request; gives the body of the answer. */
  request(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown>;
  /** Brings an event to the targets of the rules that it fits; gives what they answered. */
  event(event: unknown): Promise<readonly unknown[]>;
  /** Resolves when every execution has ended. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

type Refs = Readonly<Record<string, { readonly 'Fn::GetAtt': readonly [string, string] }>>;

/** What the API is told of schedules, where it is told of them. */
const schedulerArns = (environment: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  'DROVER_SCHEDULER_GROUP' in environment
    ? {
        DROVER_SCHEDULER_TARGET_ARN: arnOf('fire'),
        DROVER_SCHEDULER_ROLE_ARN: `arn:aws:iam::${account}:role/schedules`,
        DROVER_SCHEDULER_DEAD_LETTERS_ARN: `arn:aws:sqs:${region}:${account}:dead`,
      }
    : {};

/** The definition as CloudFormation would give it to Step Functions. */
const definitionOf = (template: Template): StateMachine => {
  const [properties] = Object.values(template.findResources('AWS::StepFunctions::StateMachine')).map(
    ({ Properties }): { readonly DefinitionString: string; readonly DefinitionSubstitutions: Refs } => Properties,
  );
  if (properties === undefined) throw new Error('The template has no state machine');
  const { DefinitionString, DefinitionSubstitutions } = properties;
  const text = Object.entries(DefinitionSubstitutions).reduce(
    (filled, [name, target]) => filled.replaceAll(`\${${name}}`, arnOf(target['Fn::GetAtt'][0])),
    DefinitionString,
  );
  return JSON.parse(text);
};

const rulesOf = (template: Template, names: ReadonlyMap<string, string>): readonly DeployedRule[] =>
  Object.values(template.findResources('AWS::Events::Rule'))
    .filter(({ Properties }) => Properties.EventPattern !== undefined)
    .map(({ Properties }) => ({
      pattern: JSON.parse(JSON.stringify(Properties.EventPattern), (_, value) =>
        typeof value?.Ref === 'string' ? names.get(value.Ref) : value,
      ),
      targets: Properties.Targets.map((target: Target) => ({
        functionId: target.Arn['Fn::GetAtt'][0],
        ...(target.InputTransformer === undefined
          ? {}
          : {
              input: { paths: target.InputTransformer.InputPathsMap, template: target.InputTransformer.InputTemplate },
            }),
      })),
    }));

interface Target {
  readonly Arn: { readonly 'Fn::GetAtt': readonly [string, string] };
  readonly InputTransformer?: {
    readonly InputPathsMap: Readonly<Record<string, string>>;
    readonly InputTemplate: string;
  };
}

/** Logical ids in the variables of functions, by type of the resource. */
const physicalNames = (template: Template, table: CountedTable): ReadonlyMap<string, string> => {
  const idsOf = (type: string) => Object.keys(template.findResources(type));
  return new Map([
    ['AWS::AccountId', account] as const,
    ...idsOf('AWS::DynamoDB::Table').map((id) => [id, table.table.tableName] as const),
    ...idsOf('AWS::S3::Bucket').map((id) => [id, 'blobs'] as const),
    ...idsOf('AWS::StepFunctions::StateMachine').map((id) => [id, machineArn] as const),
  ]);
};

const answerSchema = z.object({ statusCode: z.number(), body: z.string() });

const signedRequest = (method: string, path: string, body: unknown) => {
  const [rawPath = '', rawQueryString = ''] = path.split('?');
  return {
    version: '2.0',
    routeKey: 'ANY /{proxy+}',
    rawPath,
    rawQueryString,
    headers: { host: 'api.example', 'content-type': 'application/json' },
    requestContext: {
      domainName: 'api.example',
      http: { method, path: rawPath },
      authorizer: { iam: { userArn: `arn:aws:iam::${account}:user/ann` } },
    },
    isBase64Encoded: false,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
};

const startFunctions = (
  { bundles, template }: DeployedStack,
  table: CountedTable,
  endpoints: Readonly<Record<string, string>>,
): ReadonlyMap<string, DeployedFunction> => {
  const names = physicalNames(template, table);
  const environmentOf = ({ environment }: DeployedBundle) => ({
    ...Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, names.get(value) ?? value])),
    ...schedulerArns(environment),
    ...endpoints,
  });
  return new Map(bundles.map((bundle) => [bundle.name, startFunction(bundle, environmentOf(bundle))]));
};

/** Synthesises, bundles and starts it all, with a fleet of instances. */
export const startDeployedCloud = async (fleetYaml: string): Promise<DeployedCloud> => {
  const dir = await mkdtemp(join(tmpdir(), 'drover-deployed-'));
  const table = await startCountedTable();
  const s3 = await startS3Endpoint();
  let onEvent: (event: unknown) => Promise<void> = async () => undefined;
  const provider = await startFleetCloud({
    fleet: parseFleet(fleetYaml, 'fleet of the test'),
    dir: join(dir, 'fleet'),
    secretOf: (reference) =>
      reference === `ssm:${aliyunParameter}`
        ? JSON.stringify({ accessKeyId: 'local', accessKeySecret: 'local' })
        : undefined,
    onEvent: (event) => onEvent(event),
  });
  const stack = await synthesiseBundled(join(dir, 'cdk.out'), {
    awsRegions: region,
    aliyunRegions: 'cn-hangzhou',
    aliyunParameter,
    aliyunEndpoint: `http://${provider.ecsEndpoint}`,
  });
  const byArn = new Map<string, DeployedFunction>();
  const callFunction = async (arn: string, payload: unknown): Promise<unknown> => {
    const found = byArn.get(arn);
    if (found === undefined) throw new Error(`No function ${arn}`);
    return found.call(payload);
  };
  const machine = await startMachine(definitionOf(stack.template), machineArn, callFunction);
  const functions = startFunctions(stack, table, {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
    AWS_SESSION_TOKEN: s3.credentials.sessionToken,
    AWS_ENDPOINT_URL_DYNAMODB: table.endpoint,
    AWS_ENDPOINT_URL_S3: s3.url,
    AWS_ENDPOINT_URL_SFN: machine.endpoint,
    AWS_ENDPOINT_URL_SSM: provider.ssmEndpoint,
    AWS_ENDPOINT_URL_RESOURCE_GROUPS_TAGGING_API: provider.taggingEndpoint,
  });
  for (const { logicalId, name } of stack.bundles) {
    const started = functions.get(name);
    if (started !== undefined) byArn.set(arnOf(logicalId), started);
  }
  const rules = rulesOf(stack.template, physicalNames(stack.template, table));
  const event = (one: unknown): Promise<readonly unknown[]> =>
    Promise.all(
      rules
        .filter(({ pattern }) => fits(pattern, one))
        .flatMap(({ targets }) => targets)
        .map((target) => callFunction(arnOf(target.functionId), inputOf(target, one))),
    );
  onEvent = async (one) => {
    await event(one);
  };
  return {
    ...{ machine, table, provider, s3, functions, event },
    request: async (method, path, body) => {
      const answer = await functions.get('Api')?.call(signedRequest(method, path, body));
      const { statusCode, body: text } = answerSchema.parse(answer);
      if (statusCode >= 300) throw new Error(`${method} ${path}: ${statusCode} ${text}`);
      return JSON.parse(text);
    },
    idle: async () => {
      await Promise.all([...machine.executions.values()].map(({ ended }) => ended));
    },
    stop: async () => {
      await machine.stop();
      await Promise.all([...functions.values()].map((one) => one.stop()));
      await provider.close();
      await s3.stop();
      await table.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
};
