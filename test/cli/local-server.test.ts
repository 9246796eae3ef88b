import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findLocalServer, localTokenFile, serverStateFile } from '#cli/local-server.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'drover-server-'));
});
afterEach(() => rm(dir, { recursive: true }));

const alive = { isAlive: () => true };
const tellOf = (text: string) => writeFile(serverStateFile(dir), text);

describe('the local server of a state directory', () => {
  it('is found with its token while its process lives', async () => {
    await tellOf('{"url":"http://127.0.0.1:1","pid":7}');
    await writeFile(localTokenFile(dir), 'secret\n');
    expect(await findLocalServer(alive, dir)).toEqual({ url: 'http://127.0.0.1:1', pid: 7, token: 'secret' });
    expect(await findLocalServer({ isAlive: (pid) => pid !== 7 }, dir)).toBeUndefined();
  });

  it('is not there where nothing is, not even the directory', async () => {
    expect(await findLocalServer(alive, dir)).toBeUndefined();
    expect(await findLocalServer(alive, join(dir, 'none'))).toBeUndefined();
  });

  it.each(['', '{', '{"url":"http://127.0.0.1:1"}'])('is refused with damaged files: %s', async (text) => {
    await tellOf(text);
    await expect(findLocalServer(alive, dir)).rejects.toMatchObject({ code: 'config.invalid' });
  });

  it('is refused without its token', async () => {
    await tellOf('{"url":"http://127.0.0.1:1","pid":7}');
    await expect(findLocalServer(alive, dir)).rejects.toMatchObject({ code: 'config.invalid' });
  });

  it('is refused with a state directory that is a file, and it is said how to name another one', async () => {
    const file = join(dir, 'file');
    await writeFile(file, '');
    const error = await findLocalServer(alive, file).catch((one: unknown) => one);
    expect(error).toMatchObject({ code: 'config.invalid', hint: expect.stringContaining('--state-dir') });
  });
});
