import { describe, expect, test } from 'vitest';
import { AppError } from '#shared/errors/app-error.ts';
import type { RunStatus } from '#shared/model/status.ts';
import { makeRunView, runId } from '#test/functions/api/hand-made-services.ts';
import { cli, embeddedCli, type HostWishes } from '../test-host.ts';

/** Services whose run has these statuses, one look after the other; the last one stays. */
const stepping = (...statuses: (RunStatus | AppError)[]) => {
  let at = 0;
  return {
    viewRun: async () => {
      const status = statuses[Math.min(at, statuses.length - 1)];
      at += 1;
      if (status instanceof AppError) throw status;
      return makeRunView(status === undefined ? {} : { status });
    },
  };
};
const watch = (services: HostWishes['services'], wishes: HostWishes = {}, flags: readonly string[] = []) =>
  cli(['run', 'watch', runId, ...flags], { ...wishes, ...(services && { services }) });

describe('watching a run', () => {
  test.each([
    ['succeeded', 0],
    ['completed', 0],
    ['failed', 1],
    ['aborted', 1],
    ['rejected', 3],
  ] as const)('the exit code of a run that has %s is %i', async (status, exitCode) => {
    expect((await watch(stepping('running', 'running', status))).exitCode).toBe(exitCode);
  });

  test('progress goes to standard error, the end to standard output, and next steps are told', async () => {
    const { stdout, stderr, listening } = await watch(stepping('running', 'running', 'failed'));
    expect(stdout).toBe(`failed  roll-shop  ${runId}  2 succeeded  8.0s\n`);
    expect(stderr).toContain(`roll-shop ${runId} running\n`);
    expect(stderr).toContain(`next: drover run continue ${runId}\n`);
    expect(listening).toBe(0);
  });

  test('with -o json standard output is the run and nothing else', async () => {
    const { stdout } = await watch(stepping('running', 'running', 'succeeded'), {}, ['-o', 'json']);
    expect(JSON.parse(stdout)).toEqual(makeRunView());
  });

  test('quiet prints no progress and no next steps', async () => {
    const { stdout, stderr } = await watch(stepping('running', 'running', 'failed'), {}, ['-q']);
    expect(stdout).toMatch(/^failed /);
    expect(stderr).toBe('');
  });

  test('on a terminal the display is redrawn in place; on a dumb one it is not', async () => {
    const live = await watch(stepping('running', 'running', 'running', 'succeeded'), { terminal: true });
    expect(live.stderr).toContain('\u001b[2A');
    const dumb = await watch(stepping('running', 'running', 'running', 'succeeded'), {
      terminal: true,
      env: { TERM: 'dumb' },
    });
    expect(dumb.stderr).not.toContain('\u001b');
  });

  test('it looks often at first and every second later', async () => {
    const slept: number[] = [];
    const statuses = Array.from({ length: 12 }, () => 'running' as const);
    await watch(stepping(...statuses, 'succeeded'), { onSleep: ({ ms }) => slept.push(ms) });
    expect(slept.slice(0, 3)).toEqual([100, 150, 225]);
    expect(slept.at(-1)).toBe(1000);
  });

  test('after the time is over it exits with 124 and says how to watch again', async () => {
    const { exitCode, stderr, stdout } = await watch(stepping('running'), {}, ['--timeout', '2s']);
    expect(exitCode).toBe(124);
    expect(stdout).toBe('');
    expect(stderr).toContain(`Run ${runId} is not at its end after 2 s; it goes on`);
    expect(stderr).toContain(`drover run watch ${runId}`);
  });

  test('a server that is away for a while is waited for; one that stays away ends the watch', async () => {
    const away = new AppError('service.unreachable', 'gone');
    expect((await watch(stepping('running', away, away, away, 'running', away, 'succeeded'))).exitCode).toBe(0);
    expect(await watch(stepping('running', away))).toMatchObject({
      exitCode: 7,
      stderr: expect.stringContaining('gone'),
    });
  });

  test('other errors end the watch at once', async () => {
    const lost = new AppError('run.not-found', 'no such run');
    expect(await watch(stepping('running', lost))).toMatchObject({ exitCode: 5 });
  });
});

describe('Ctrl-C', () => {
  const interruptAt =
    (...counts: number[]): NonNullable<HostWishes['onSleep']> =>
    ({ count, interrupt }) => {
      if (counts.includes(count)) interrupt();
    };

  test('away from a terminal it detaches at once with 130', async () => {
    const { exitCode, stderr, asked, listening } = await watch(stepping('running'), { onSleep: interruptAt(2) });
    expect(exitCode).toBe(130);
    expect(stderr).toContain(`Detached from run ${runId}; it goes on`);
    expect(stderr).toContain(`hint Watch it again with: drover run watch ${runId}`);
    expect(asked.map(([name]) => name)).not.toContain('abortRun');
    expect(listening).toBe(0);
  });

  test('on a terminal it waits three seconds for a second one, then detaches', async () => {
    const slept: number[] = [];
    const { exitCode, questions } = await watch(stepping('running'), {
      terminal: true,
      onSleep: (one) => {
        slept.push(one.ms);
        interruptAt(2)(one);
      },
    });
    expect(exitCode).toBe(130);
    expect(slept.at(-1)).toBe(3000);
    expect(questions).toEqual([]);
  });

  test.each(['n', '', 'what'])('a second one asks; the answer %j detaches', async (answer) => {
    const { exitCode, asked, questions } = await watch(stepping('running'), {
      terminal: true,
      answers: [answer],
      onSleep: interruptAt(2, 3),
    });
    expect(exitCode).toBe(130);
    expect(questions).toEqual([`Abort run ${runId}? [y/N] `]);
    expect(asked.map(([name]) => name)).not.toContain('abortRun');
  });

  test('yes aborts the run and watches on to its end', async () => {
    const { exitCode, asked, stdout } = await watch(stepping('running', 'running', 'running', 'aborting', 'aborted'), {
      terminal: true,
      answers: ['y'],
      onSleep: interruptAt(1, 2),
    });
    expect(exitCode).toBe(1);
    expect(stdout).toContain('aborted');
    expect(asked).toContainEqual(['abortRun', runId, { reason: 'Ctrl-C' }, 'ada']);
  });
});

describe('when this process is the engine', () => {
  test('it says that a run it leaves stands still', async () => {
    const { exitCode, stderr, closed } = await embeddedCli(['run', 'watch', runId], {
      services: stepping('running'),
      onSleep: ({ interrupt }) => interrupt(),
    });
    expect(exitCode).toBe(130);
    expect(stderr).toContain('it stands still until the next drover command');
    expect(closed).toBe(1);
  });

  test('a paused run ends the watch, because nobody else can resume it', async () => {
    const { exitCode, stderr, stdout } = await embeddedCli(['run', 'watch', runId], {
      services: stepping('running', 'running', 'paused'),
    });
    expect(exitCode).toBe(8);
    expect(stdout).toContain('paused');
    expect(stderr).toContain(`next: drover run resume ${runId}`);
  });

  test.each([
    ['abort', 'aborted'],
    ['pause', 'paused'],
  ] as const)('%s stays until the run is there', async (verb, end) => {
    const { exitCode, stdout } = await embeddedCli(['run', verb, runId], {
      services: stepping('running', 'running', 'running', end),
    });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(new RegExp(`^${end} `));
  });

  test('resume stays until the end of the run', async () => {
    const { exitCode } = await embeddedCli(['run', 'resume', runId], {
      services: stepping('running', 'running', 'failed'),
    });
    expect(exitCode).toBe(1);
  });
});
