import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Every file that the page is made of, from the root of the repository. */
const filesOfPage = async (): Promise<readonly string[]> => {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['console/src/main.tsx'],
    outdir: 'unused',
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    loader: { '.svg': 'file' },
    alias: { '#shared': `${root}shared` },
    logLevel: 'error',
  });
  return Object.keys(metafile.inputs);
};

const inRepository = /^(console\/src|shared)\//;
const packages = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//;

describe('the page', () => {
  it('stands on what things mean and on the HTTP contract, never on how they are done', async () => {
    const files = await filesOfPage();
    const own = files.filter((file) => !packages.test(file));
    expect(own).toContain('shared/client/client.ts');
    expect(own.filter((file) => !inRepository.test(file))).toEqual([]);
  });

  it('has no client of a cloud in it', async () => {
    const names = new Set((await filesOfPage()).flatMap((file) => packages.exec(file)?.[1] ?? []));
    expect(names).toContain('react');
    expect([...names].filter((name) => /^@(aws|alicloud|smithy)|electrodb|hono/.test(name))).toEqual([]);
  });
});
