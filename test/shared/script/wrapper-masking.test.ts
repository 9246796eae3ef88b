import { createHash } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BlobSite, openBlobSite } from './blob-site.ts';
import { OnNode, shells } from './on-node.ts';
import { carryingFrom, onlyTools, toolPath } from './secret-kit.ts';

let site: BlobSite;
beforeAll(async () => {
  site = await openBlobSite();
});
afterAll(() => site.close());
const carrying = carryingFrom(() => site);

describe('what opens and fetches secrets', () => {
  const tools = { curl: ['curl'], wget: ['wget'], python3: ['python3'], perl: ['perl'] } as const;

  it.each(Object.entries(tools))('%s fetches them', async (_, fetcher) => {
    using node = new OnNode();
    using poor = new OnNode(shells[0], onlyTools(node, ['awk', 'openssl', ...fetcher]));
    const { stdout } = await poor.finish({ ...carrying(['fetched'], { T: [0] }), script: 'echo "${#T} $T"' });
    expect(stdout).toBe('7 ******\n');
  });

  it.each([['x'], ['y'.repeat(15)], ['z'.repeat(16)], [`${'中文 '.repeat(2000)}'"`]])(
    'python3 opens what openssl would: %.20s',
    async (value) => {
      using node = new OnNode();
      using poor = new OnNode(shells[0], onlyTools(node, ['awk', 'curl', 'python3']));
      const { stdout } = await poor.finish({ ...carrying([value], { T: [0] }), script: 'printf %s "$T" | sha256sum' });
      expect(stdout).toBe(`${createHash('sha256').update(value).digest('hex')}  -\n`);
    },
  );
});

const awks = ['mawk', 'gawk', 'original-awk', 'busybox'].filter((name) => toolPath(name) !== undefined);

describe.each(awks)('masking with %s', (awk) => {
  /** What the wrapper makes of a text that a script prints. */
  const maskedBy = async (secret: string, text: string): Promise<string> => {
    using node = new OnNode();
    const env = onlyTools(node, ['openssl', 'curl', 'cat']);
    const at = toolPath(awk) ?? '';
    writeFileSync(join(env.PATH, 'awk'), `#!/bin/sh\nexec '${at}'${awk === 'busybox' ? ' awk' : ''} "$@"\n`, {
      mode: 0o755,
    });
    using poor = new OnNode(shells[0], {
      ...env,
      LC_ALL: 'C.UTF-8',
      LD_LIBRARY_PATH: process.env['LD_LIBRARY_PATH'] ?? '',
    });
    writeFileSync(poor.path('text'), text);
    await poor.finish({ ...carrying([secret], { T: [0] }), script: 'cat "$1"', args: [poor.path('text')] });
    return existsSync(join(poor.stateDir, 'f', 'run_2F1.o')) ? poor.kept('run_2F1.o').toString() : '';
  };
  const secret = 's3cr3t-ü/+?&"[x]*$^.';

  it('finds what lies across the pieces in which it reads', async () => {
    const filler = 'the quick brown fox\n'.repeat(300);
    const pads = Array.from({ length: 60 }, (_, index) => `${filler}${'.'.repeat(index * 7)}`);
    for (const form of [secret, encodeURIComponent(secret), Buffer.from(`ab${secret}yz`).toString('base64')]) {
      const masked = await maskedBy(secret, pads.join(form));
      expect(masked.split('******')).toHaveLength(60);
      expect(masked.replaceAll(/.?.?.?\*{6}.{0,4}/g, '').replaceAll(/[^q]/g, '')).toHaveLength(60 * 300);
    }
  });

  it('finds it in one endless line', async () => {
    const masked = await maskedBy(secret, `${'x'.repeat(40_001)}${secret}`.repeat(5));
    expect(masked).toBe(`${'x'.repeat(40_001)}******`.repeat(5));
  });

  it.each([
    [''],
    ['\n'],
    ['no line end'],
    ['\n\n\r\n \n'],
    ['%'],
    ['100% %zz %4 é%41\n'],
    ['x'.repeat(16_384)],
    [`${'y'.repeat(40)}\n`.repeat(2000)],
  ])('leaves other text as it is: %.30j', async (text) => {
    expect(await maskedBy(secret, text)).toBe(text);
  });
});
