import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openConnection } from '#cli/connection.ts';
import { localTokenFile, serverStateFile } from '#cli/local-server.ts';
import { globalOptionsSchema, settingsOf } from '#cli/settings.ts';
import { makeRunView, runId, token } from '#test/functions/api/hand-made-services.ts';
import { makeFolder, makeHost } from './test-host.ts';

const settings = (options: object, env: Readonly<Record<string, string>> = {}) =>
  settingsOf(globalOptionsSchema.parse(options), { env, homeDir: '/home/ada' });

const writeServer = async (stateDir: string, pid = 4711) => {
  await writeFile(serverStateFile(stateDir), JSON.stringify({ url: 'http://127.0.0.1:9', pid }));
  await writeFile(localTokenFile(stateDir), `${token}\n`);
};

describe('settings', () => {
  test('a flag wins over the environment, which wins over the default', () => {
    expect(settings({}).stateDir).toBe('/home/ada/.local/state/drover');
    expect(settings({}, { XDG_STATE_HOME: '/x' }).stateDir).toBe('/x/drover');
    expect(settings({}, { XDG_STATE_HOME: '/x', DROVER_HOME: '/d' }).stateDir).toBe('/d');
    expect(settings({ stateDir: '/f' }, { DROVER_HOME: '/d' }).stateDir).toBe('/f');
    expect(settings({}, { DROVER_SERVER: 'http://e' }).server).toBe('http://e');
    expect(settings({ server: 'http://f' }, { DROVER_SERVER: 'http://e' }).server).toBe('http://f');
    expect(settings({}, { DROVER_SERVER: '' }).server).toBeUndefined();
  });
});

describe('choosing the way to Drover', () => {
  test('a named server wins, with the token of the file', async () => {
    const { host, opened } = makeHost();
    const folder = await makeFolder({ secret: ` ${token}\n` });
    await writeServer(folder);
    const connection = await openConnection(
      settings({ server: 'http://drover.test', tokenFile: join(folder, 'secret'), stateDir: folder }),
      { ...host, isAlive: () => true },
    );
    expect(connection).toMatchObject({ kind: 'server', baseUrl: 'http://drover.test' });
    expect(await connection.client.viewRun(runId)).toEqual(makeRunView());
    expect(opened).toEqual([]);
  });

  test('then the local server that runs', async () => {
    const { host, opened } = makeHost();
    const stateDir = await makeFolder();
    await writeServer(stateDir);
    const connection = await openConnection(settings({ stateDir }), { ...host, isAlive: (pid) => pid === 4711 });
    expect(connection).toMatchObject({ kind: 'local', baseUrl: 'http://127.0.0.1:9' });
    expect(await connection.client.viewRun(runId)).toEqual(makeRunView());
    expect(opened).toEqual([]);
  });

  test('a server that died counts as none: the app opens in this process, and is closed', async () => {
    const made = makeHost();
    const stateDir = await makeFolder();
    await writeServer(stateDir);
    const connection = await openConnection(settings({ stateDir, fleet: 'f.yaml' }), made.host);
    expect(connection.kind).toBe('embedded');
    expect(await connection.client.viewRun(runId)).toEqual(makeRunView());
    expect(made.opened).toEqual([{ stateDir, fleetFile: 'f.yaml' }]);
    await connection.close();
    expect(made.closed()).toBe(1);
  });

  test('damaged files of a local server are told', async () => {
    const { host } = makeHost();
    const stateDir = await makeFolder({ 'server.json': '{"url":' });
    await expect(openConnection(settings({ stateDir }), host)).rejects.toMatchObject({ code: 'config.invalid' });
    const noToken = await makeFolder({ 'server.json': JSON.stringify({ url: 'http://127.0.0.1:9', pid: 1 }) });
    await expect(
      openConnection(settings({ stateDir: noToken }), { ...host, isAlive: () => true }),
    ).rejects.toMatchObject({
      code: 'config.invalid',
      message: expect.stringContaining('token'),
    });
  });
});
