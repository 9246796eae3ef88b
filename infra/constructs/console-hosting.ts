import { CfnOutput } from 'aws-cdk-lib';
import { HttpMethod, HttpNoneAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Construct } from 'constructs';
import { variables } from '#shared/config/variables.ts';
import { consolePaths } from '#shared/contract/console-settings.ts';
import manifest from '../../package.json' with { type: 'json' };
import type { ConsoleClient } from '../config.ts';
import { consoleRow } from '../function-table.ts';
import { createFunction, type FunctionScope } from './functions.ts';
import type { GuardedHttpApi } from './http-api.ts';

/** What the console stands on. */
export interface ConsoleHostingProps extends FunctionScope {
  readonly client: ConsoleClient;
  /** The gateway for tokens: page and API have one origin. */
  readonly http: GuardedHttpApi;
}

/** Paths that everybody may read: the files of the page, and where to sign in. */
const openPaths = ['/', consolePaths.root.slice(0, -1), `${consolePaths.root}{proxy+}`];

/** The web console: a function with the built page in it and no rights, behind routes that ask nobody who they are. */
export class ConsoleHosting extends Construct {
  constructor(scope: Construct, id: string, { client, http, ...functionScope }: ConsoleHostingProps) {
    super(scope, id);
    const page = createFunction(this, 'Page', consoleRow, functionScope);
    const environment = {
      [variables.version]: manifest.version,
      [variables.consoleIssuer]: client.issuer,
      [variables.consoleAudience]: client.audience,
      [variables.consoleClientId]: client.clientId,
      [variables.consoleScope]: client.scope,
    };
    for (const [name, value] of Object.entries(environment)) page.addEnvironment(name, value);
    const integration = new HttpLambdaIntegration('Page', page);
    const authorizer = new HttpNoneAuthorizer();
    for (const path of openPaths)
      http.api.addRoutes({ path, methods: [HttpMethod.GET, HttpMethod.HEAD], integration, authorizer });
    new CfnOutput(this, 'ConsoleUrl', { value: `${http.api.apiEndpoint}${consolePaths.home}` }).overrideLogicalId(
      'ConsoleUrl',
    );
  }
}
