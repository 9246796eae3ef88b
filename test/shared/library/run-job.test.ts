import { describe, expect, it } from 'vitest';
import { applyCommands } from '#shared/library/apply-commands.ts';
import { fromRunJob, runJobSchema, toRunJob, usedCommands } from '#shared/library/run-job.ts';
import type { Job } from '#shared/model/job.ts';
import { job } from '#test/shared/job/jobs.ts';
import { frozen } from './commands.ts';

const jobWith = (...operations: readonly object[]): Job =>
  job({ groups: [{ name: 'g', phases: [{ name: 'p', operations }] }] });

const operationsOf = ({ spec }: Job) => spec.groups[0]!.phases[0]!.operations;

const restart = frozen({
  run: 'restart',
  interpreter: 'bash',
  env: { A: 'command', B: 'command' },
  timeout: '5m',
  outputs: { state: {} },
  okExitCodes: [0, 3],
  failOn: { exitCodes: [4] },
  runAs: 'shop',
  workingDirectory: '/srv',
});

describe('applying commands to a job', () => {
  it('makes a use the script of the version, with its settings', () => {
    const [operation] = operationsOf(
      applyCommands(jobWith({ id: 'a', use: 'ops/restart', with: { x: '1' }, failIgnore: true }), {
        'ops/restart': restart,
      }),
    );
    expect(operation).toMatchObject({
      ...{ id: 'a', failIgnore: true, with: { x: '1' }, run: 'restart', interpreter: 'bash', timeout: '5m' },
      ...{ okExitCodes: [0, 3], runAs: 'shop', workingDirectory: '/srv', outputs: { state: { type: 'string' } } },
      command: { name: 'ops/restart', version: restart.version, libraries: [] },
    });
    expect(operation?.failOn?.exitCodes).toEqual([4]);
    expect(operation).not.toHaveProperty('use');
  });

  it('lets what the operation says count more', () => {
    const [operation] = operationsOf(
      applyCommands(
        jobWith({
          ...{ id: 'a', use: 'ops/restart', timeout: '10m', runAs: 'root', workingDirectory: '/' },
          ...{ okExitCodes: [7], failOn: { exitCodes: [8] }, env: { B: 'own' } },
        }),
        { 'ops/restart': restart },
      ),
    );
    expect(operation).toMatchObject({
      ...{ timeout: '10m', runAs: 'root', workingDirectory: '/', okExitCodes: [7] },
      env: { A: 'command', B: 'own' },
    });
    expect(operation?.failOn?.exitCodes).toEqual([8]);
  });

  it('moves secret arguments to the environment, where the node puts the secret in', () => {
    const login = frozen({ arguments: { token: { type: 'secret' }, user: {} } });
    const given = { token: 'Bearer ${{ params.t }}', user: 'ann' };
    const [operation] = operationsOf(
      applyCommands(
        job({
          params: { t: { type: 'secret' } },
          groups: [{ name: 'g', phases: [{ name: 'p', operations: [{ id: 'a', use: 'ops/restart', with: given }] }] }],
        }),
        { 'ops/restart': login },
      ),
    );
    expect(operation).toMatchObject({ with: { user: 'ann' }, env: { token: 'Bearer ${{ params.t }}' } });
    expect(operation?.with).not.toHaveProperty('token');
  });

  it('reaches into blocks, and leaves other operations alone', () => {
    const written = jobWith(
      { id: 'a', run: 'true' },
      {
        id: 'b',
        if: 'true',
        operations: [{ id: 'c', forEach: ['x'], operations: [{ id: 'd', use: 'ops/restart' }] }],
        else: [{ id: 'e', use: 'ops/restart' }],
      },
    );
    const [first, block] = operationsOf(applyCommands(written, { 'ops/restart': restart }));
    expect(first).toEqual(operationsOf(written)[0]);
    expect(block?.operations?.[0]?.operations?.[0]).toMatchObject({ id: 'd', run: 'restart' });
    expect(block?.else?.[0]).toMatchObject({ id: 'e', run: 'restart' });
    expect(usedCommands(written)).toEqual(['ops/restart']);
  });

  it('takes each use by the reference that it writes', () => {
    const other = frozen({ run: 'other' });
    const [a, b] = operationsOf(
      applyCommands(jobWith({ id: 'a', use: 'ops/restart@latest' }, { id: 'b', use: 'ops/restart@abcdef' }), {
        'ops/restart@latest': restart,
        'ops/restart@abcdef': other,
      }),
    );
    expect([a?.run, b?.run]).toEqual(['restart', 'other']);
  });
});

describe('the job of a run', () => {
  it('is kept with its commands, and read as what it executes', () => {
    const written = jobWith({ id: 'a', use: 'ops/restart@latest' });
    const commands = { 'ops/restart@latest': restart };
    const stored: unknown = JSON.parse(JSON.stringify(toRunJob(written, commands, {})));
    expect(fromRunJob(runJobSchema.parse(stored))).toEqual(applyCommands(written, commands));
  });

  it('is the job itself where no command is used, as earlier versions stored it', () => {
    const written = jobWith({ id: 'a', run: 'true' });
    expect(toRunJob(written, {}, {})).toBe(written);
    expect(fromRunJob(runJobSchema.parse(JSON.parse(JSON.stringify(written))))).toEqual(written);
  });
});
