// Question: how large is each bundled handler, and how long does a process take to load it, as a cold start has to?
// Usage: npm run bench -- bundles [--times 5]. The bundles are those of the stack; each is loaded in fresh processes, without configuration.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { bundleFile, bundleFunctions } from '#infra/bundle-functions.ts';
import { functionFolders } from '#infra/function-table.ts';

const { values } = parseArgs({ allowPositionals: true, options: { times: { type: 'string', default: '5' } } });
const times = Number(values.times);

/** Aims of the design: size of a bundle without the client of Alibaba Cloud, and time of its loading. */
const aims = { kib: 1024, ms: 300 };

const timed =
  'const t=performance.now();await import(process.argv[1]);process.stdout.write(String(performance.now()-t))';

const loadMs = (file: string): number =>
  Number(
    execFileSync(process.execPath, ['--input-type=module', '--no-warnings', '-e', timed, pathToFileURL(file).href], {
      env: {},
      encoding: 'utf8',
    }),
  );

const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;

const dir = mkdtempSync(join(tmpdir(), 'drover-bundles-'));
try {
  await bundleFunctions(functionFolders({ withConsole: false }), dir);
  console.log(`aims: ${aims.kib} KiB (but with the client of Alibaba Cloud), ${aims.ms} ms\n`);
  console.log('handler'.padEnd(20), 'KiB'.padStart(6), 'median ms'.padStart(10), 'worst ms'.padStart(10));
  for (const folder of readdirSync(dir)) {
    const file = join(dir, folder, bundleFile);
    const taken = Array.from({ length: times }, () => loadMs(file));
    const cells = [statSync(file).size / 1024, median(taken), Math.max(...taken)].map(Math.round);
    console.log(folder.padEnd(20), ...cells.map((cell, index) => String(cell).padStart(index === 0 ? 6 : 10)));
  }
} finally {
  rmSync(dir, { recursive: true });
}
