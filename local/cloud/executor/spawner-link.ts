import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { lineReader } from '../spawner/lines.ts';
import type { SpawnerReport, SpawnerRequest } from '../spawner/protocol.ts';

const MAIN = fileURLToPath(new URL('../spawner/main.ts', import.meta.url));
/** Keeps the process small, because forking a small process is cheap. */
const SMALL = [
  '--max-semi-space-size=1',
  '--max-old-space-size=96',
  '--v8-pool-size=1',
  '--disable-warning=ExperimentalWarning',
];

/** Where a spawner works and whom it tells. */
export interface SpawnerLinkOptions {
  readonly id: string;
  readonly instancesDir: string;
  readonly filePath: string;
  readonly env: Readonly<Record<string, string>>;
  readonly onReport: (report: SpawnerReport) => void;
  readonly onExit: () => void;
}

/** The server's end of one spawner process. Requests are gathered and written together. */
export class SpawnerLink {
  readonly id: string;
  readonly tasks = new Set<string>();
  /** Runs sent and not ended. */
  readonly runs = new Set<string>();
  readonly exited: Promise<void>;
  readonly #process: ChildProcess;
  #pending: string[] = [];

  constructor(options: SpawnerLinkOptions) {
    this.id = options.id;
    // Detached: a Ctrl-C at the server's terminal must not end the instances' commands in their own way.
    this.#process = spawn(process.execPath, [...SMALL, MAIN, options.instancesDir, options.filePath], {
      detached: true,
      env: options.env,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.#process.stdout?.setEncoding('utf8');
    this.#process.stdout?.on(
      'data',
      lineReader((line) => options.onReport(JSON.parse(line))),
    );
    // A broken pipe shows as the exit of the process, which is handled.
    this.#process.stdin?.on('error', () => undefined);
    this.exited = new Promise((resolve) => {
      this.#process.on('close', () => {
        resolve();
        options.onExit();
      });
      this.#process.on('error', () => resolve());
    });
  }

  send(request: SpawnerRequest): void {
    if (this.#pending.length === 0) setImmediate(() => this.flush());
    this.#pending.push(`${JSON.stringify(request)}\n`);
  }

  flush(): void {
    if (this.#pending.length === 0) return;
    const text = this.#pending.join('');
    this.#pending = [];
    this.#process.stdin?.write(text);
  }

  /** Ends the requests without a word: running commands go on and the spawner writes their ends down. */
  abandon(): void {
    this.flush();
    this.#process.stdin?.end();
    this.#process.stdout?.destroy();
    this.#process.unref();
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }
}
