import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { FunctionRow } from '../function-table.ts';

/** What makes a function. */
export interface HouseFunctionProps {
  readonly row: FunctionRow;
  readonly code: Code;
  readonly logDays: RetentionDays;
  readonly environment: Readonly<Record<string, string>>;
}

/** A Lambda function as all of Drover's are: Node.js on arm64, one bundle, JSON logs that end, traced. */
export class HouseFunction extends LambdaFunction {
  constructor(scope: Construct, id: string, { row, code, logDays, environment }: HouseFunctionProps) {
    const logGroup = new LogGroup(scope, `${id}Log`, { retention: logDays, removalPolicy: RemovalPolicy.DESTROY });
    // The managed policy for logs would allow every log group of the account.
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    super(scope, id, {
      role,
      code,
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: row.memoryMiB,
      timeout: Duration.seconds(row.timeoutSeconds),
      tracing: Tracing.ACTIVE,
      loggingFormat: LoggingFormat.JSON,
      logGroup,
      environment: { ...environment, NODE_OPTIONS: '--enable-source-maps' },
      ...(row.atOnce === undefined ? {} : { reservedConcurrentExecutions: row.atOnce }),
    });
  }
}
