import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Text of the page's script: long enough to be worth compressing. */
export const scriptText = `export const words = ${JSON.stringify('fleet of nodes '.repeat(400))};\n`;

/** Bytes of an image, which no compression makes smaller. */
export const imageBytes = Buffer.from(Array.from({ length: 2_000 }, (_, index) => (index * 73) % 251));

const files: Readonly<Record<string, string | Buffer>> = {
  'index.html': `<!doctype html><title>Drover</title><script type="module" src="/console/assets/index-4f0c2a.js"></script>${'<!-- -->'.repeat(200)}`,
  'favicon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
  'assets/index-4f0c2a.js': scriptText,
  'assets/style-77aa01.css': 'body { margin: 0 }',
  'assets/sheep-00ff00.png': imageBytes,
  'assets/mono-123456.woff2': Buffer.from([0x77, 0x4f, 0x46, 0x32]),
};

/** Makes a folder such as the one of a built page; whoever calls it removes it. */
export const makePageFolder = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'drover-page-'));
  mkdirSync(join(dir, 'assets'));
  for (const [path, content] of Object.entries(files)) writeFileSync(join(dir, path), content);
  return dir;
};

/** The same, for the test at hand. */
export const pageFolder = (): string => {
  const dir = makePageFolder();
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
};
