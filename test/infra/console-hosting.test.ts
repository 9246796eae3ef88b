import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bundleFunctions } from '#infra/bundle-functions.ts';
import { actionsOf, statementsByOwner } from './statements.ts';
import { synthesise } from './synth.ts';

const tokens = { oidcIssuer: 'https://issuer.example', oidcAudience: 'drover' };
const hosted = synthesise({ ...tokens, consoleClientId: 'drover-console' });
const without = synthesise(tokens);

/** Logical id of what a `{Ref}` or `{Fn::GetAtt}` somewhere in a value refers to. */
const refersTo = (value: unknown): string => JSON.stringify(value).match(/"(?:Ref|Fn::GetAtt)":\[?"(\w+)"/)?.[1] ?? '';

const routes = hosted.ofType('AWS::ApiGatewayV2::Route').map(([, { Properties }]) => Properties);
const tokenApi = (() => {
  const [authorizer] = hosted
    .ofType('AWS::ApiGatewayV2::Authorizer')
    .filter(([, { Properties }]) => Properties.AuthorizerType === 'JWT');
  return authorizer?.[1].Properties.ApiId.Ref;
})();

describe('the web console on AWS', () => {
  it('opens these routes of the token gateway to everybody, and no other', () => {
    const open = routes.filter(({ AuthorizationType }) => !['AWS_IAM', 'JWT'].includes(AuthorizationType));
    expect(open.map(({ RouteKey }) => RouteKey).sort()).toEqual([
      ...['GET /', 'GET /console', 'GET /console/{proxy+}'],
      ...['HEAD /', 'HEAD /console', 'HEAD /console/{proxy+}'],
    ]);
    expect(new Set(open.map(({ ApiId }) => ApiId.Ref))).toEqual(new Set([tokenApi]));
    const guarded = routes.filter(({ AuthorizationType }) => ['AWS_IAM', 'JWT'].includes(AuthorizationType));
    expect(guarded.map(({ RouteKey }) => RouteKey).sort()).toEqual([
      ...['ANY /{proxy+}', 'ANY /{proxy+}', 'GET /v1/examination', 'GET /v1/examination'],
    ]);
  });

  it('leads them to a function with the page, which may do nothing but write its log and traces', () => {
    const integrations = Object.fromEntries(hosted.ofType('AWS::ApiGatewayV2::Integration'));
    const open = routes.filter(({ AuthorizationType }) => AuthorizationType === 'NONE');
    const targets = open.map(({ Target }) => refersTo(integrations[refersTo(Target)]?.Properties.IntegrationUri));
    const [target] = new Set(targets);
    expect(new Set(targets).size).toBe(1);
    expect(target).toMatch(/^ConsolePage/);
    const [owner = ''] = [...statementsByOwner(hosted).keys()].filter((name) => name.startsWith('ConsolePage'));
    const rights = statementsByOwner(hosted).get(owner) ?? [];
    expect(rights.flatMap(actionsOf).sort()).toEqual([
      ...['logs:CreateLogStream', 'logs:PutLogEvents', 'xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
    ]);
  });

  it('keeps strangers from using up the concurrency of the account', () => {
    const pageOf = ({ ofType }: typeof hosted) =>
      ofType('AWS::Lambda::Function').filter(([id]) => id.startsWith('ConsolePage'))[0]?.[1].Properties;
    expect(pageOf(hosted)?.ReservedConcurrentExecutions).toBe(20);
    const small = synthesise({ ...tokens, consoleClientId: 'drover-console', reserveConcurrency: 'false' });
    expect(pageOf(small)).not.toHaveProperty('ReservedConcurrentExecutions');
  });

  it('tells the function where people sign in, and no more', () => {
    const [[, page] = []] = hosted.ofType('AWS::Lambda::Function').filter(([id]) => id.startsWith('ConsolePage'));
    expect(page?.Properties.Environment.Variables).toEqual({
      DROVER_DEPLOYMENT: 'dev',
      DROVER_VERSION: expect.any(String),
      DROVER_CONSOLE_ISSUER: 'https://issuer.example',
      DROVER_CONSOLE_AUDIENCE: 'drover',
      DROVER_CONSOLE_CLIENT_ID: 'drover-console',
      DROVER_CONSOLE_SCOPE: 'openid',
      NODE_OPTIONS: '--enable-source-maps',
    });
    const scoped = synthesise({ ...tokens, consoleClientId: 'c', consoleScope: 'openid api://drover/use' });
    const [[, other] = []] = scoped.ofType('AWS::Lambda::Function').filter(([id]) => id.startsWith('ConsolePage'));
    expect(other?.Properties.Environment.Variables.DROVER_CONSOLE_SCOPE).toBe('openid api://drover/use');
  });

  it('says its address', () => {
    const [output] = Object.values(hosted.template.findOutputs('ConsoleUrl'));
    expect(refersTo(output?.['Value'])).toBe(tokenApi);
    expect(JSON.stringify(output?.['Value'])).toContain('/console/runs"');
  });

  it('lets pages of other origins read from the bucket, and do nothing else there', () => {
    hosted.template.hasResourceProperties('AWS::S3::Bucket', {
      CorsConfiguration: {
        CorsRules: [{ AllowedMethods: ['GET', 'POST'], AllowedOrigins: ['*'], AllowedHeaders: ['*'], MaxAge: 3600 }],
      },
    });
    without.template.hasResourceProperties('AWS::S3::Bucket', { CorsConfiguration: Match.absent() });
  });

  it('is not there without a client at the issuer: the template is that of before, resource by resource', () => {
    const added = Object.keys(hosted.resources).filter((id) => !(id in without.resources));
    expect(added.length).toBeGreaterThan(0);
    for (const id of added) expect(id).toMatch(/^Console|^TokenHttpApi(GET|HEAD)/);
    for (const [id, resource] of Object.entries(without.resources))
      if (resource.Type !== 'AWS::S3::Bucket') expect(hosted.resources[id], id).toEqual(resource);
    expect(without.template.findOutputs('ConsoleUrl')).toEqual({});
    expect(
      without.ofType('AWS::ApiGatewayV2::Route').map(([, { Properties }]) => Properties.AuthorizationType),
    ).not.toContain('NONE');
  });

  it('is not deployed without its page', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'drover-console-'));
    onTestFinished(() => rmSync(dir, { recursive: true }));
    await expect(bundleFunctions(['console'], join(dir, 'bundles'), join(dir, 'dist'))).rejects.toThrow(
      /dist.index\.html is missing\. Build it: npm run build/,
    );
    mkdirSync(join(dir, 'dist', 'assets'), { recursive: true });
    writeFileSync(join(dir, 'dist', 'index.html'), 'page');
    writeFileSync(join(dir, 'dist', 'assets', 'film.mp4'), Buffer.alloc(4_500_001));
    await expect(bundleFunctions(['console'], join(dir, 'bundles'), join(dir, 'dist'))).rejects.toThrow(
      /film\.mp4 has more than 4500000 bytes/,
    );
  });
});
