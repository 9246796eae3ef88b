import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { EmbeddedOptions } from '#cli/connection.ts';
import type { CliHost } from '#cli/host.ts';
import { runCli } from '#cli/run-cli.ts';
import type { ApiServices } from '#functions/api/services.ts';
import { makeApp, token } from '#test/functions/api/hand-made-services.ts';

/** How a test wants its host. */
export interface HostWishes {
  readonly services?: Partial<ApiServices>;
  readonly env?: Readonly<Record<string, string>>;
  readonly terminal?: boolean;
  readonly stdin?: string;
  /** Answers to questions, in order. */
  readonly answers?: readonly string[];
  /** Called at each sleep, before the time passes; may interrupt. */
  readonly onSleep?: (host: { readonly interrupt: () => void; readonly ms: number; readonly count: number }) => void;
  readonly host?: Partial<CliHost>;
}

export const startOfTime = Date.parse('2026-01-01T00:00:10.000Z');

/** A host over the app with hand-made services: as server at http://drover.test, and as the app inside the process. Time passes only by sleeping. */
export const makeHost = (wishes: HostWishes = {}) => {
  const { app, asked } = makeApp(wishes.services);
  const viaApp: typeof fetch = async (input, init) =>
    app.request(input instanceof Request ? input : String(input), init);
  const out = { stdout: '', stderr: '' };
  const opened: EmbeddedOptions[] = [];
  const questions: string[] = [];
  const answers = [...(wishes.answers ?? [])];
  const listeners = new Set<() => void>();
  let closed = 0;
  let now = startOfTime;
  let keys = 0;
  let sleeps = 0;
  const sink = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      out[name] += text;
    },
    writeBytes: (bytes: Uint8Array) => {
      out[name] += Buffer.from(bytes).toString('utf8');
    },
    isTerminal: wishes.terminal ?? false,
    columns: 100,
    rows: 30,
  });
  const interrupt = () => {
    for (const listener of listeners) listener();
  };
  const host: CliHost = {
    env: wishes.env ?? {},
    homeDir: '/nowhere',
    version: '1.2.3',
    stdin: {
      isTerminal: wishes.terminal ?? false,
      readText: async () => wishes.stdin ?? '',
      ask: async (question) => {
        questions.push(question);
        return answers.shift() ?? '';
      },
      askHidden: async (question) => {
        questions.push(question);
        return answers.shift() ?? '';
      },
    },
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    fetch: viaApp,
    now: () => now,
    sleep: async (ms, signal) => {
      sleeps += 1;
      wishes.onSleep?.({ interrupt, ms, count: sleeps });
      if (!signal?.aborted) now += ms;
    },
    awsCredentials: () => async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'signing-key-of-a-test' }),
    newKey: () => `key-${++keys}`,
    isAlive: () => false,
    onInterrupt: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    openEmbedded: async (options) => {
      opened.push(options);
      const close = async () => {
        closed += 1;
      };
      return { fetch: viaApp, baseUrl: 'http://embedded', token, close };
    },
    ...wishes.host,
  };
  return { host, out, asked, opened, questions, listeners, closed: () => closed };
};

/** A folder that is removed when the test ends, with these files in it. */
export const makeFolder = async (files: Readonly<Record<string, string>> = {}): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'drover-cli-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
};

/** Runs one command line against a server with hand-made services. */
export const cli = async (argv: readonly string[], wishes: HostWishes = {}) => {
  const tokenFile = join(await makeFolder({ token: `${token}\n` }), 'token');
  const env = { DROVER_SERVER: 'http://drover.test', DROVER_TOKEN_FILE: tokenFile, ...wishes.env };
  const made = makeHost({ ...wishes, env });
  const exitCode = await runCli(argv, made.host);
  return {
    exitCode,
    ...made.out,
    asked: made.asked,
    questions: made.questions,
    opened: made.opened,
    closed: made.closed(),
    listening: made.listeners.size,
  };
};

/** Runs one command line with the app inside the process. */
export const embeddedCli = async (argv: readonly string[], wishes: HostWishes = {}) => {
  const made = makeHost({ ...wishes, env: { DROVER_HOME: await makeFolder(), ...wishes.env } });
  const exitCode = await runCli(argv, made.host);
  return { exitCode, ...made.out, asked: made.asked, opened: made.opened, closed: made.closed() };
};

/** A small valid job file. */
export const jobYaml = `apiVersion: drover/v1
kind: Job
metadata: {name: roll-shop}
spec:
  params:
    version: {type: string, required: true}
    count: {type: number, default: 1}
  targets: {where: 'true'}
  groups:
    - name: roll
      phases:
        - name: restart
          operations:
            - {id: start, run: 'echo hi'}
`;
