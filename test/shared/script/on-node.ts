import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Envelope, type FinishedEnvelope, parseEnvelope } from '#shared/script/envelope.ts';
import { renderWrapper, type WrapperInput } from '#shared/script/wrapper.ts';

/** The shells that a node's `sh` may be. */
export const shells = [['dash'], ['bash', '--posix'], ['bash']] as const;
/** A command that runs the file it is given, with its options. */
export type Shell = readonly [string, ...string[]];

/** A wrapper input with everything but what the test is about. */
export const wrapperInput = (input: Partial<WrapperInput>): WrapperInput => ({
  fence: 'run/1',
  interpreter: 'sh',
  script: 'true',
  env: {},
  instanceIdFrom: 'ssm',
  timeoutSeconds: 60,
  textBytes: 16_000,
  ...input,
});

export interface Answer {
  readonly text: string;
  readonly exitCode: number | null;
  readonly envelope: Envelope | undefined;
}

/** Waits until a condition holds; fails the test after ten seconds. */
export const eventually = async (condition: () => boolean): Promise<void> => {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('The condition did not come to hold.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

/** True while the process runs; a zombie does not. */
export const isRunning = (pid: number): boolean => {
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

/** One node: its own state directory, its own shell, wrappers run as its agent would. Disposing removes the files. */
export class OnNode implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'drover-node-'));
  readonly stateDir = join(this.folder, 'state');
  readonly #shell: Shell;
  readonly env: Readonly<Record<string, string>>;
  #sent = 0;

  constructor(shell: Shell = shells[0], env: Readonly<Record<string, string>> = {}) {
    this.#shell = shell;
    this.env = env;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Starts a wrapper and returns its process and its answer to come. */
  start(input: Partial<WrapperInput> | string): { readonly process: ChildProcess; readonly answer: Promise<Answer> } {
    this.#sent += 1;
    const file = join(this.folder, `sent-${this.#sent}`);
    writeFileSync(file, typeof input === 'string' ? input : renderWrapper(wrapperInput(input)).content);
    const [command, ...options] = this.#shell;
    const { PATH = '' } = process.env;
    const child = spawn(command, [...options, file], {
      cwd: this.folder,
      env: { PATH, DROVER_STATE_DIR: this.stateDir, ...this.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return { process: child, answer: this.#answer(child) };
  }

  run(input: Partial<WrapperInput> | string): Promise<Answer> {
    return this.start(input).answer;
  }

  /** Runs a script that is expected to come to its end. */
  async finish(input: Partial<WrapperInput>): Promise<FinishedEnvelope> {
    const { envelope, text } = await this.run(input);
    if (envelope?.kind !== 'finished') throw new Error(`Not finished: ${text.slice(0, 500)}`);
    return envelope;
  }

  /** A file that the wrapper keeps for a fence, such as `run_2F1.o`. */
  kept(name: string): Buffer {
    return readFileSync(join(this.stateDir, 'f', name));
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  read(name: string): string {
    try {
      return readFileSync(this.path(name), 'utf8');
    } catch {
      return '';
    }
  }

  async #answer(child: ChildProcess): Promise<Answer> {
    const chunks: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    const text = Buffer.concat(chunks).toString('utf8');
    return { text, exitCode, envelope: parseEnvelope(text) };
  }
}
