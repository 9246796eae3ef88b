import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { bundleFile, bundleFunctions, withoutCode } from '#infra/bundle-functions.ts';
import { readConfig } from '#infra/config.ts';
import { DroverStack } from '#infra/stacks/drover-stack.ts';
import { imageBytes, makePageFolder, scriptText } from '#test/functions/console/page-folder.ts';
import settings from '../../cdk.json' with { type: 'json' };
import manifest from '../../package.json' with { type: 'json' };
import { invokeBundle, resultOf } from './deployed-bundles.ts';

const context: Readonly<Record<string, string>> = {
  oidcIssuer: 'https://id.example/realm',
  oidcAudience: 'drover',
  consoleClientId: 'drover-console',
  consoleScope: 'openid offline_access',
};

const functionSchema = z.object({
  Properties: z.object({
    Handler: z.string(),
    Code: z.object({ S3Key: z.string() }),
    Environment: z.object({ Variables: z.record(z.string(), z.string()) }),
  }),
});

/** What a function gives API Gateway (payload 2.0). */
const resultSchema = z.strictObject({
  statusCode: z.number(),
  headers: z.record(z.string(), z.string()),
  cookies: z.array(z.string()).optional(),
  body: z.string(),
  isBase64Encoded: z.boolean(),
});

const outdir = mkdtempSync(join(tmpdir(), 'drover-console-'));
const page = makePageFolder();
let asset: string;
let environment: Readonly<Record<string, string>>;

beforeAll(async () => {
  const bundled = await bundleFunctions(['console'], join(outdir, 'bundles'), page);
  const app = new App({ outdir, context: settings.context });
  const config = readConfig((key) => context[key]);
  const codeOf = (folder: string) => (folder === 'console' ? bundled(folder) : withoutCode(folder));
  const template = Template.fromStack(new DroverStack(app, 'Drover-console', { config, codeOf }));
  const functions = Object.entries(template.findResources('AWS::Lambda::Function'));
  const found = functions.find(([id]) => id.startsWith('ConsolePage'))?.[1];
  const { Properties } = functionSchema.parse(found);
  expect(Properties.Handler).toBe('index.handler');
  asset = join(outdir, `asset.${Properties.Code.S3Key.replace(/\.zip$/, '')}`);
  environment = Properties.Environment.Variables;
});
afterAll(() => {
  rmSync(outdir, { recursive: true });
  rmSync(page, { recursive: true });
});

const event = (rawPath: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') => ({
  version: '2.0',
  routeKey: `${method} /console/{proxy+}`,
  rawPath,
  rawQueryString: '',
  headers: { host: 'abc.execute-api.eu-west-1.amazonaws.com', ...headers },
  requestContext: { domainName: 'abc.execute-api.eu-west-1.amazonaws.com', http: { method, path: rawPath } },
  isBase64Encoded: false,
});

/** Calls the deployed function in a process with its declared variables only, and checks that its answers are such as the gateway takes. */
const call = async (...events: readonly ReturnType<typeof event>[]) => {
  const { replies, lines } = await invokeBundle({ file: join(asset, bundleFile), events }, environment);
  return { answers: replies.map((reply) => resultSchema.parse(resultOf(reply))), lines };
};

const bytesOf = ({ body, isBase64Encoded }: z.infer<typeof resultSchema>): Buffer =>
  Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');

describe('the deployed console', () => {
  it('has the page beside its bundle, file by file', () => {
    for (const path of ['index.html', 'assets/index-4f0c2a.js', 'assets/sheep-00ff00.png'])
      expect(readFileSync(join(asset, 'page', path)).equals(readFileSync(join(page, path)))).toBe(true);
  });

  it('answers events of API Gateway with the page, compressed where the browser takes it', async () => {
    const script = '/console/assets/index-4f0c2a.js';
    const { answers, lines } = await call(
      event('/console/'),
      event('/console/runs/01ABC', { 'accept-encoding': 'gzip, deflate, br' }),
      event(script, { 'accept-encoding': 'gzip' }),
      event(script, { 'accept-encoding': 'br' }),
      event('/console/assets/sheep-00ff00.png', { 'accept-encoding': 'gzip' }),
    );
    const [plain, deep, gzipped, brotli, image] = answers;
    if (!plain || !deep || !gzipped || !brotli || !image) throw new Error('An answer is missing');
    expect(plain).toMatchObject({ statusCode: 200, isBase64Encoded: false, body: expect.stringContaining('<title>') });
    expect(plain.headers).toMatchObject({
      'strict-transport-security': expect.stringContaining('max-age'),
      'content-security-policy': expect.stringContaining("script-src 'self';"),
    });
    expect(deep).toMatchObject({ isBase64Encoded: true, headers: { 'content-encoding': 'br' } });
    expect(brotliDecompressSync(bytesOf(deep)).toString()).toBe(plain.body);
    expect(gzipped).toMatchObject({ isBase64Encoded: true, headers: { 'content-encoding': 'gzip' } });
    expect(gunzipSync(bytesOf(gzipped)).toString()).toBe(scriptText);
    expect(brotliDecompressSync(bytesOf(brotli)).toString()).toBe(scriptText);
    expect(image).toMatchObject({ isBase64Encoded: true, headers: { 'content-type': 'image/png' } });
    expect(bytesOf(image).equals(imageBytes)).toBe(true);
    expect(lines).toEqual([]);
  });

  it('says where to sign in, what is not there, and that a copy is still good', async () => {
    const { answers } = await call(
      event('/console/settings.json'),
      event('/console/assets/none.js'),
      event('/'),
      event('/console'),
      event('/console/assets/index-4f0c2a.js', {}, 'HEAD'),
    );
    const [told, missing, root, short, head] = answers;
    expect(JSON.parse(told?.body ?? '')).toEqual({
      version: manifest.version,
      signIn: {
        kind: 'oidc',
        issuer: 'https://id.example/realm',
        clientId: 'drover-console',
        scope: 'openid offline_access',
        audience: 'drover',
      },
    });
    expect(missing?.statusCode).toBe(404);
    for (const answer of [root, short])
      expect(answer).toMatchObject({ statusCode: 302, headers: { location: '/console/runs' } });
    expect(head).toMatchObject({ statusCode: 200, body: '' });
    const { answers: again } = await call(
      event('/console/assets/index-4f0c2a.js', { 'if-none-match': head?.headers['etag'] ?? '' }),
    );
    expect(again).toMatchObject([{ statusCode: 304, body: '' }]);
  });

  it('says which variable is missing', async () => {
    const { DROVER_CONSOLE_CLIENT_ID: _, ...rest } = environment;
    const { replies } = await invokeBundle({ file: join(asset, bundleFile), events: [event('/console/')] }, rest);
    expect(replies).toMatchObject([
      { error: { name: 'config.invalid', message: 'DROVER_CONSOLE_CLIENT_ID is not set' } },
    ]);
  });

  it('loads no cloud client', () => {
    const { sources }: { readonly sources: readonly string[] } = JSON.parse(
      readFileSync(join(asset, `${bundleFile}.map`), 'utf8'),
    );
    expect(sources.filter((source) => /@aws-sdk|@alicloud|electrodb/.test(source))).toEqual([]);
    expect(readFileSync(join(asset, bundleFile)).length).toBeLessThan(1024 * 1024);
  });
});
