import { fileURLToPath } from 'node:url';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Architecture, LoggingFormat, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogLevel, NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { FunctionRow } from '../function-table.ts';

const rootOf = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/**
 * One file with everything in it: the SDK too, as the one of the runtime is slower to load and changes under our feet. The ES modules of
 * packages are taken where there are any, since only they can be shaken; the banner serves the packages that have none. The aliased module is
 * the SDK's search for credentials, which on Lambda are in the environment.
 */
const bundling = {
  format: OutputFormat.ESM,
  target: 'node24',
  mainFields: ['module', 'main'],
  minify: true,
  sourceMap: true,
  sourcesContent: false,
  bundleAwsSDK: true,
  esbuildArgs: { '--alias:@aws-sdk/credential-provider-node': rootOf('functions/runtime/lambda-credentials.ts') },
  logLevel: LogLevel.ERROR,
  banner: "import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);",
};

/** What makes a function. */
export interface HouseFunctionProps {
  readonly row: Pick<FunctionRow, 'folder' | 'memoryMiB' | 'timeoutSeconds'>;
  readonly logDays: RetentionDays;
  readonly environment: Readonly<Record<string, string>>;
}

/** A Lambda function as all of Drover's are: Node.js on arm64, one bundle, JSON logs that end, traced. */
export class HouseFunction extends NodejsFunction {
  constructor(scope: Construct, id: string, { row, logDays, environment }: HouseFunctionProps) {
    super(scope, id, {
      entry: rootOf(`functions/${row.folder}/handler.ts`),
      projectRoot: rootOf(''),
      depsLockFilePath: rootOf('package-lock.json'),
      handler: 'handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: row.memoryMiB,
      timeout: Duration.seconds(row.timeoutSeconds),
      tracing: Tracing.ACTIVE,
      loggingFormat: LoggingFormat.JSON,
      logGroup: new LogGroup(scope, `${id}Log`, { retention: logDays, removalPolicy: RemovalPolicy.DESTROY }),
      environment: { ...environment, NODE_OPTIONS: '--enable-source-maps' },
      awsSdkConnectionReuse: false,
      bundling,
    });
  }
}
