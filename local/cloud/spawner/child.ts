import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { AssistantCapture, type Capture, HeadCapture, SSM_STDERR_BYTES, SSM_STDOUT_BYTES } from './capture.ts';
import { type Ending, endAsAgent, signal } from './ending.ts';
import type { EndCause, RunEnd } from './protocol.ts';
import type { Launch } from './script.ts';

/** Time between TERM and KILL when the machine shuts down. */
const GRACE_MS = 1_000;
/** Output that is under way has so long to arrive after a kill; what survived the kill may hold the pipes open for ever. */
const LET_GO_MS = 200;
const TICK_MS = 1_000;

/** One command to start. */
export interface ChildSpec {
  readonly launch: Launch;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly merge: boolean;
  readonly timeoutSeconds: number;
  readonly ending: Ending;
}

/** What a child tells of itself. */
export interface ChildListener {
  readonly clock: () => number;
  readonly onPartial: (text: string) => void;
  readonly onEnd: (end: RunEnd) => void;
}

/** One running command: its own process group, no standard input, output kept as its agent would keep it. */
export class RunningChild {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #spec: ChildSpec;
  readonly #listener: ChildListener;
  readonly #stdout: Capture;
  readonly #stderr: Capture = new HeadCapture(SSM_STDERR_BYTES);
  readonly #startedAtMs: number;
  readonly #timers: NodeJS.Timeout[] = [];
  #cause: EndCause = 'exited';
  #over = false;

  constructor(spec: ChildSpec, listener: ChildListener) {
    this.#spec = spec;
    this.#listener = listener;
    this.#startedAtMs = listener.clock();
    this.#stdout = spec.merge ? this.#streaming(new AssistantCapture()) : new HeadCapture(SSM_STDOUT_BYTES);
    this.#child = spawn(spec.launch.program, spec.launch.args, {
      cwd: spec.cwd,
      env: spec.env,
      detached: true,
      stdio: ['ignore', 'pipe', spec.merge ? 'ignore' : 'pipe'],
    });
    this.pid = this.#child.pid ?? 0;
    this.#child.stdout?.on('data', (chunk: Buffer) => this.#stdout.push(chunk));
    this.#child.stderr?.on('data', (chunk: Buffer) => this.#stderr.push(chunk));
    this.#child.on('error', (error) => this.#failedToStart(error));
    this.#child.on('close', (code, endedBy) => this.#finish(code, endedBy));
    this.#timers.push(setTimeout(() => this.stop('timedOut'), Math.min(spec.timeoutSeconds * 1_000, 2 ** 31 - 1)));
  }

  /** Ends it as its agent does: without a word to it. */
  stop(cause: EndCause): void {
    if (this.#over || this.#cause !== 'exited') return;
    this.#cause = cause;
    endAsAgent(this.pid, this.#spec.ending);
    this.#timers.push(setTimeout(() => this.#letGo(), LET_GO_MS));
  }

  /** TERM, then KILL to its process group, as when an instance shuts down. */
  shutDown(): void {
    if (this.#over) return;
    this.#cause = 'stopped';
    signal(-this.pid, 'SIGTERM');
    this.#timers.push(setTimeout(() => signal(-this.pid, 'SIGKILL'), GRACE_MS));
    this.#timers.push(setTimeout(() => this.#letGo(), 2 * GRACE_MS));
  }

  #streaming(capture: AssistantCapture): AssistantCapture {
    const timer = setInterval(() => {
      if (capture.tick()) this.#listener.onPartial(capture.partial());
    }, TICK_MS);
    this.#timers.push(timer);
    return capture;
  }

  #letGo(): void {
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  #failedToStart(error: Error): void {
    if (this.#child.pid !== undefined) return;
    this.#cause = 'failedToStart';
    this.#stderr.push(Buffer.from(error.message));
    this.#finish(1, null);
  }

  #finish(code: number | null, endedBy: NodeJS.Signals | null): void {
    if (this.#over) return;
    this.#over = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#listener.onEnd({
      cause: this.#cause,
      exitCode: code ?? 128 + (endedBy === null ? 0 : constants.signals[endedBy]),
      stdout: this.#stdout.text(),
      stderr: this.#stderr.text(),
      stdoutBytes: this.#stdout.totalBytes,
      stderrBytes: this.#stderr.totalBytes,
      startedAtMs: this.#startedAtMs,
      endedAtMs: this.#listener.clock(),
    });
  }
}
