import { cpSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { build, type Plugin } from 'esbuild';
import { consoleRow } from './function-table.ts';

const rootOf = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** Where the code of a function is, by its folder under `functions/`. */
export type CodeOf = (folder: string) => Code;

/** Code of no use, for looking at a template alone. */
export const withoutCode: CodeOf = () => Code.fromInline('// not bundled');

/** File of a bundle that has the handler; its source map is beside it. */
export const bundleFile = 'index.mjs';

/** Packages of the client of Alibaba Cloud that no call of ours needs. */
const notCalled = ['ws', 'socks-proxy-agent', 'xml2js', '@alicloud/credentials'];

/** Of the description of each AWS client only the version is used: it stands in the User-Agent. */
const versionsOnly: Plugin = {
  name: 'versions-only',
  setup: ({ onLoad }) => {
    onLoad({ filter: /@aws-sdk[\\/]client-[\w-]+[\\/]package\.json$/ }, async ({ path }) => {
      const { version }: { readonly version?: unknown } = JSON.parse(await readFile(path, 'utf8'));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};

/**
 * One file with everything in it: the SDK too, as the one of the runtime is slower to load and changes under our feet. The ES modules of
 * packages are taken where there are any, since only they can be shaken; the banner serves the packages that have none. The aliased modules are
 * the SDK's search for credentials, which on Lambda are in the environment, and what no call of ours needs.
 */
const bundle = async (folder: string, outdir: string): Promise<void> => {
  mkdirSync(outdir, { recursive: true });
  await build({
    absWorkingDir: rootOf(''),
    entryPoints: [rootOf(`functions/${folder}/handler.ts`)],
    outfile: join(outdir, bundleFile),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    mainFields: ['module', 'main'],
    alias: {
      '@aws-sdk/credential-provider-node': rootOf('functions/runtime/lambda-credentials.ts'),
      ...Object.fromEntries(notCalled.map((name) => [name, rootOf('functions/runtime/not-called.ts')])),
    },
    plugins: [versionsOnly],
    minify: true,
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'error',
    banner: { js: "import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);" },
  });
};

/** Where `npm run build` puts the page of the web console. */
const builtConsole = rootOf('console/dist');

/** Bytes of a file of the page: in base64, as Lambda gives binary answers back, below its 6 MiB. */
const largestPageFile = 4_500_000;

/**
 * Puts the built page beside the bundle of the function that serves it.
 * @throws Error when it is not built, or has a file that Lambda could not give back
 */
const addPage = (builtPage: string, outdir: string): void => {
  const index = join(builtPage, 'index.html');
  if (!existsSync(index))
    throw new Error(
      `The web console is to be deployed, but is not built: ${index} is missing. Build it: npm run build`,
    );
  const files = readdirSync(builtPage, { recursive: true, encoding: 'utf8' }).map((name) => join(builtPage, name));
  const large = files.find((file) => statSync(file).size > largestPageFile);
  if (large !== undefined)
    throw new Error(`${large} has more than ${largestPageFile} bytes, which Lambda cannot answer with.`);
  cpSync(builtPage, join(outdir, 'page'), { recursive: true });
};

/**
 * Bundles functions into folders of their own below `dir`, all by one esbuild process, and gives their code as assets. The same sources give the
 * same bytes, so what did not change is not uploaded again. `builtPage` is the page of the web console, for the function that serves it.
 * @throws Error of esbuild when a file cannot be read, and when the page is not built
 */
export const bundleFunctions = async (
  folders: readonly string[],
  dir: string,
  builtPage: string = builtConsole,
): Promise<CodeOf> => {
  if (folders.includes(consoleRow.folder)) addPage(builtPage, join(dir, consoleRow.folder));
  await Promise.all(folders.map((folder) => bundle(folder, join(dir, folder))));
  return (folder) => Code.fromAsset(join(dir, folder));
};
