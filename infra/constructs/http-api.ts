import { RemovalPolicy } from 'aws-cdk-lib';
import {
  HttpApi,
  HttpMethod,
  HttpStage,
  type IHttpRouteAuthorizer,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer, HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { apiRoutes } from '#shared/contract/api-routes.ts';

/** Whose tokens prove who calls. */
export interface TokenIssuer {
  readonly issuer: string;
  readonly audience: string;
}

/** What the API stands on. */
export interface HttpApiProps {
  /** Absent: requests are signed with AWS credentials (`execute-api`), and policies can allow single methods and paths. */
  readonly tokensOf?: TokenIssuer;
  readonly target: IFunction;
  /** Answers how the deployment is, in place of `target`. */
  readonly examiner: IFunction;
  readonly logDays: RetentionDays;
}

const authorizerOf = (tokensOf: TokenIssuer | undefined): IHttpRouteAuthorizer =>
  tokensOf === undefined
    ? new HttpIamAuthorizer()
    : new HttpJwtAuthorizer('Tokens', tokensOf.issuer, { jwtAudience: [tokensOf.audience] });

/** The HTTP API for one kind of proof of who calls. The gateway checks who calls, the app what is asked. */
export class GuardedHttpApi extends Construct {
  readonly api: HttpApi;
  readonly stage: HttpStage;

  constructor(scope: Construct, id: string, { target, examiner, logDays, tokensOf }: HttpApiProps) {
    super(scope, id);
    this.api = new HttpApi(this, 'Api', {
      description: 'Drover',
      createDefaultStage: false,
      defaultAuthorizer: authorizerOf(tokensOf),
    });
    this.api.addRoutes({
      path: '/{proxy+}',
      methods: [HttpMethod.ANY],
      integration: new HttpLambdaIntegration('App', target),
    });
    this.api.addRoutes({
      path: apiRoutes.examine.path,
      methods: [HttpMethod.GET],
      integration: new HttpLambdaIntegration('Examiner', examiner),
    });
    this.stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: 100, burstLimit: 200 },
      accessLogSettings: {
        destination: new LogGroupLogDestination(
          new LogGroup(this, 'AccessLog', { retention: logDays, removalPolicy: RemovalPolicy.DESTROY }),
        ),
      },
    });
  }
}
