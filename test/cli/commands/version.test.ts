import { describe, expect, test } from 'vitest';
import { cli, embeddedCli } from '../test-host.ts';

describe('drover version', () => {
  test('without a server prints its own, and opens nothing', async () => {
    expect(await embeddedCli(['version'])).toMatchObject({ exitCode: 0, stdout: 'drover 1.2.3\n', opened: [] });
  });

  test('with a server prints both', async () => {
    expect((await cli(['version'])).stdout).toBe('drover 1.2.3\nserver 1.2.3 at http://drover.test\n');
    expect(JSON.parse((await cli(['version', '-o', 'json'])).stdout)).toEqual({
      client: '1.2.3',
      server: { url: 'http://drover.test', version: '1.2.3' },
    });
  });
});
