import { describe, expect, it } from 'vitest';
import { resolveCommands } from '#functions/targets/resolve-commands.ts';
import { resolveLibraries } from '#functions/targets/resolve-libraries.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { CommandInput } from '#shared/model/command.ts';
import { putCommandAs } from '#test/kit/library.ts';
import { type Rig, useRigs } from '#test/kit/rig.ts';
import { job } from '#test/shared/job/jobs.ts';

const newRig = useRigs();

let folders = 0;
/** A folder of commands of one test. */
const newFolder = (rig: Rig) => {
  folders += 1;
  const folder = `resolve${folders}`;
  return {
    folder,
    put: (name: string, spec: Partial<CommandInput['spec']> = {}) =>
      putCommandAs(rig.services, `${folder}/${name}`, spec),
    library: (name: string, spec: Partial<CommandInput['spec']> = {}) =>
      putCommandAs(rig.services, `${folder}/${name}`, { type: 'library', run: name, ...spec }),
  };
};

const jobWith = (...operations: readonly object[]) =>
  job({ groups: [{ name: 'g', phases: [{ name: 'p', operations }] }] });

const complaintsOf = async (rig: Rig, ...operations: readonly object[]) => {
  try {
    await resolveCommands(rig, jobWith(...operations));
    return [];
  } catch (error) {
    if (error instanceof AppError && error.code === 'job.invalid')
      return error.places.map(({ path, message, suggestion }) => [
        path?.replace('/spec/groups/0/phases/0/operations', ''),
        message,
        suggestion,
      ]);
    throw error;
  }
};

describe('the commands of a job', () => {
  it('become the versions that they are now', async () => {
    const rig = newRig();
    const { put, folder } = newFolder(rig);
    const one = await put('a', { run: 'echo 1' });
    const two = await put('a', { run: 'echo 2' });
    const name = `${folder}/a`;
    const uses = [name, `${name}@latest`, `${name}@${one.slice(0, 10)}`, `${name}@${one}`];

    const commands = await resolveCommands(rig, jobWith(...uses.map((use, n) => ({ id: `o${n}`, use }))));

    expect(uses.map((use) => commands[use]?.version)).toEqual([two, two, one, one]);
    expect(commands[name]).toMatchObject({ name, spec: { run: 'echo 2' }, libraries: [] });
  });

  it('are none for a job without any, which asks the library nothing', async () => {
    const asked = () => Promise.reject(new Error('asked'));
    const store = { latestChange: asked, getChange: asked, listNames: asked, findVersions: asked };
    expect(await resolveCommands({ ...newRig(), store }, jobWith({ id: 'a', run: 'true' }))).toEqual({});
  });

  it('that are not there, or removed, are told at their uses', async () => {
    const rig = newRig();
    const { put, folder } = newFolder(rig);
    const version = await put('gone');
    await rig.services.removeCommand(`${folder}/gone`, {}, { actor: 'bob' });
    await put('near');
    const use = (name: string) => `${folder}/${name}`;

    expect(
      await complaintsOf(
        rig,
        { id: 'a', use: use('naer') },
        { id: 'b', if: 'true', operations: [{ id: 'c', use: use('gone') }] },
        { id: 'd', use: `${use('gone')}@${version}` },
        { id: 'e', use: `${use('near')}@ffffff` },
      ),
    ).toEqual([
      ['/0/use', `There is no command '${use('naer')}'`, `Did you mean '${use('near')}'?`],
      ['/1/operations/0/use', expect.stringContaining('was removed by bob'), expect.any(String)],
      ['/2/use', expect.stringContaining('was removed by bob'), expect.any(String)],
      ['/3/use', `Command '${use('near')}' has no version ffffff`, expect.any(String)],
    ]);
  });

  it('say what their uses lack, and which outputs they have', async () => {
    const rig = newRig();
    const { put, folder } = newFolder(rig);
    await put('a', { arguments: { x: { required: true } }, outputs: { state: {}, size: { type: 'int' } } });
    const use = `${folder}/a`;

    expect(await complaintsOf(rig, { id: 'a', use }, { id: 'b', use, with: { y: '1', x: '2' } })).toEqual([
      ['/0', `${use} needs the argument 'x'`, 'Give it: with: {x: …}.'],
      ['/1/with/y', `${use} has no argument 'y'`, 'Its arguments are x.'],
    ]);
    const right = { id: 'a', use, with: { x: '1' } };
    expect(await complaintsOf(rig, right, { id: 'b', run: 'true', when: "outputs.a.stat == 'x'" })).toEqual([
      ['/1/when', "operation 'a' has no output 'stat'", "Did you mean 'state'?"],
    ]);
    expect(await complaintsOf(rig, right, { id: 'b', run: 'true', when: 'outputs.a.state > 1' })).toHaveLength(1);
    expect(await complaintsOf(rig, right, { id: 'b', run: 'true', when: 'outputs.a.size > 1' })).toEqual([]);
  });

  it('take secrets where they declare them, and nowhere else', async () => {
    const rig = newRig();
    const { put, folder } = newFolder(rig);
    await put('a', { arguments: { token: { type: 'secret' }, plain: {} } });
    const use = `${folder}/a`;
    const findings = async (given: object) => {
      const operations = [{ id: 'a', use, with: given }];
      const written = job({
        params: { t: { type: 'secret' } },
        groups: [{ name: 'g', phases: [{ name: 'p', operations }] }],
      });
      return resolveCommands(rig, written).then(
        () => [],
        (error: AppError) => error.places.map(({ path, message }) => [path?.split('/').at(-1), message]),
      );
    };
    expect(await findings({ token: 'Bearer ${{ params.t }}', plain: 'x' })).toEqual([]);
    expect(await findings({ plain: '${{ params.t }}' })).toEqual([
      ['plain', "param 't' is a secret, and the command does not take 'plain' as one"],
    ]);
    expect(await findings({ token: 'env:TOKEN' })).toEqual([
      ['token', `argument 'token' of ${use} is a secret, which no job file may hold`],
    ]);
  });

  it('cannot be libraries', async () => {
    const rig = newRig();
    const { library, folder } = newFolder(rig);
    await library('lib');
    expect(await complaintsOf(rig, { id: 'a', use: `${folder}/lib` })).toEqual([
      ['/0/use', `'${folder}/lib' is a library, not a script`, 'It is used by commands, in their libraries.'],
    ]);
  });

  it('are not what was put when the bucket holds something else', async () => {
    const rig = newRig();
    const { put, folder } = newFolder(rig);
    const version = await put('a');
    await rig.libraryBlobs.put(`commands/${version}.json`, new TextEncoder().encode('{"run":"rm -rf /"}'));
    await expect(resolveCommands(rig, jobWith({ id: 'a', use: `${folder}/a` }))).rejects.toMatchObject({
      code: 'internal.bug',
      message: expect.stringContaining('is not what was put'),
    });
  });
});

describe('libraries', () => {
  const resolve = async (rig: Rig, libraries: readonly string[]) => {
    const { libraries: found, findings } = await resolveLibraries(rig, 'ops/x', { libraries: [...libraries] });
    return { files: found.map(({ file, text }) => `${file}: ${text}`), complaints: findings.map((one) => one.message) };
  };

  it('come with those that they use, which come first, each once', async () => {
    const rig = newRig();
    const { library, folder } = newFolder(rig);
    await library('log');
    await library('net', { libraries: [`${folder}/log`] });
    await library('http', { libraries: [`${folder}/net`, `${folder}/log@latest`], interpreter: 'python3' });
    expect(await resolve(rig, [`${folder}/http`, `${folder}/log`])).toEqual({
      files: ['log.sh: log', 'net.sh: net', 'http.py: http'],
      complaints: [],
    });
  });

  it('are refused in two versions, under one file name, and in a circle', async () => {
    const rig = newRig();
    const { library, put, folder } = newFolder(rig);
    const old = await library('log', { run: 'old' });
    await library('log', { run: 'new' });
    await library('net', { libraries: [`${folder}/log@${old}`] });
    await library('sub/log');
    await put('script');

    expect((await resolve(rig, [`${folder}/log`, `${folder}/net`])).complaints).toEqual([
      expect.stringMatching(
        /^ops\/x → resolve\d+\/net needs version \w{12} of resolve\d+\/log, and \w{12} is needed too$/,
      ),
    ]);
    expect((await resolve(rig, [`${folder}/log`, `${folder}/sub/log`])).complaints).toEqual([
      `the libraries ${folder}/log and ${folder}/sub/log have one file name, log.sh`,
    ]);
    expect((await resolve(rig, [`${folder}/script`, `${folder}/none`])).complaints).toEqual([
      `'${folder}/script' is a script, not a library`,
      `There is no command '${folder}/none'`,
    ]);
  });

  it('that would use each other in a circle cannot be put', async () => {
    const rig = newRig();
    const { library, folder } = newFolder(rig);
    await library('a');
    await library('b', { libraries: [`${folder}/a`] });
    await expect(library('a', { libraries: [`${folder}/b`] })).rejects.toMatchObject({
      code: 'command.invalid',
      places: [
        {
          path: '/spec/libraries/0',
          message: `libraries use each other in a circle: ${folder}/a → ${folder}/b → ${folder}/a`,
        },
      ],
    });
  });

  it('of a command that is used are frozen with it; a new version is used from the next run on', async () => {
    const rig = newRig();
    const { library, put, folder } = newFolder(rig);
    const old = await library('log', { run: 'old' });
    await put('a', { libraries: [`${folder}/log`] });
    const operation = { id: 'a', use: `${folder}/a` };
    const before = await resolveCommands(rig, jobWith(operation));
    const fresh = await library('log', { run: 'new' });
    const after = await resolveCommands(rig, jobWith(operation));
    expect(before[operation.use]?.libraries).toEqual([
      { name: `${folder}/log`, version: old, file: 'log.sh', text: 'old' },
    ]);
    expect(after[operation.use]?.libraries[0]?.version).toBe(fresh);
    expect(after[operation.use]?.version).toBe(before[operation.use]?.version);
  });

  it('that are gone when the command is used are told at the use', async () => {
    const rig = newRig();
    const { library, put, folder } = newFolder(rig);
    await library('log');
    await put('a', { libraries: [`${folder}/log`] });
    await rig.services.removeCommand(`${folder}/log`, {}, { actor: 'bob' });
    expect(await complaintsOf(rig, { id: 'a', use: `${folder}/a` })).toEqual([
      [
        '/0/use',
        expect.stringContaining(`${folder}/a: Command '${folder}/log' was removed by bob`),
        expect.any(String),
      ],
    ]);
  });
});
