import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { bundleFile, bundleFunctions } from '#infra/bundle-functions.ts';
import { consoleClientOf, readConfig } from '#infra/config.ts';
import { functionFolders } from '#infra/function-table.ts';
import { DroverStack } from '#infra/stacks/drover-stack.ts';
import settings from '../../cdk.json' with { type: 'json' };
import type { Order, Reply, Report } from './invoke-bundle.ts';

/** A function as it would be deployed. */
export interface DeployedBundle {
  /** Name of the resource in the template. */
  readonly logicalId: string;
  /** `StartRun` … `Api`. */
  readonly name: string;
  readonly file: string;
  readonly bytes: number;
  /** Files that went in, from the root of the repository on. */
  readonly sources: readonly string[];
  /** Variables of the function; a reference to another resource is that resource's logical id. */
  readonly environment: Readonly<Record<string, string>>;
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : String(Object.values(value as Readonly<Record<string, unknown>>).flat()[0]);

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The sources are named from where the bundle was made, a folder of its own below `bundles`. */
const sourcesOf = (outdir: string, mapFile: string): readonly string[] => {
  const { sources }: { readonly sources: readonly string[] } = JSON.parse(readFileSync(mapFile, 'utf8'));
  return sources.map((source) => resolve(outdir, 'bundles', 'one', source).replace(root, ''));
};

const bundleOf = (
  outdir: string,
  id: string,
  properties: Readonly<Record<string, Record<string, unknown>>>,
): DeployedBundle => {
  const asset = join(outdir, `asset.${String(properties['Code']?.['S3Key']).replace(/\.zip$/, '')}`);
  const file = join(asset, bundleFile);
  const variables = properties['Environment']?.['Variables'] as Readonly<Record<string, unknown>>;
  return {
    logicalId: id,
    name: id.replace(/[0-9A-F]{8}$/, '').replace(/^Tasks|Function$/g, ''),
    file,
    bytes: statSync(file).size,
    sources: sourcesOf(outdir, `${file}.map`),
    environment: Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, textOf(value)])),
  };
};

/** A stack as it would be deployed. */
export interface DeployedStack {
  readonly bundles: readonly DeployedBundle[];
  readonly template: Template;
}

/** Synthesises the stack into a folder with every function really bundled; `builtPage` is the page of the web console, where there is one. */
export const synthesiseBundled = async (
  outdir: string,
  context: Readonly<Record<string, string>> = {},
  builtPage?: string,
): Promise<DeployedStack> => {
  const config = readConfig((key) => context[key]);
  const folders = functionFolders({ withConsole: consoleClientOf(config) !== undefined });
  const codeOf = await bundleFunctions(folders, join(outdir, 'bundles'), builtPage);
  const app = new App({ outdir, context: settings.context });
  const stack = new DroverStack(app, 'Drover-bundled', { config, codeOf });
  const template = Template.fromStack(stack);
  const functions = template.findResources('AWS::Lambda::Function');
  return {
    template,
    bundles: Object.entries(functions).map(([id, { Properties }]) => bundleOf(outdir, id, Properties)),
  };
};

/** The bundles of the stack. */
export const bundleStack = async (outdir: string): Promise<readonly DeployedBundle[]> =>
  (await synthesiseBundled(outdir)).bundles;

/** Loads a bundle in a process of its own and calls its handler. Also gives the lines that it logged, without its metrics. */
export const invokeBundle = async (
  order: Order,
  environment: Readonly<Record<string, string>>,
): Promise<Report & { readonly lines: readonly Record<string, unknown>[] }> => {
  const child = fork(fileURLToPath(new URL('./invoke-bundle.ts', import.meta.url)), { env: environment, silent: true });
  let printed = '';
  let complaints = '';
  child.stdout?.on('data', (chunk) => (printed += chunk));
  child.stderr?.on('data', (chunk) => (complaints += chunk));
  child.send(order);
  const reported = new Promise<Report>((resolve, reject) => {
    child.once('message', (report: Report) => resolve(report));
    child.once('exit', () => reject(new Error(`The bundle ended without a report. ${complaints}`)));
  });
  const closed = once(child, 'close');
  const report = await reported;
  await closed;
  const lines = `${printed}${complaints}`.split('\n').filter((line) => line.startsWith('{'));
  return { ...report, lines: lines.map((line) => JSON.parse(line)).filter((line) => !('_aws' in line)) };
};

/** The result of a reply. */
export const resultOf = (reply: Reply | undefined): unknown => {
  if (reply && 'result' in reply) return reply.result;
  throw new Error(`The handler failed: ${JSON.stringify(reply)}`);
};
