import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { RunningChild } from './child.ts';
import {
  partsOfRun,
  type RunEnd,
  type RunMessage,
  type SpawnerReport,
  type SpawnerRequest,
  type TaskMessage,
} from './protocol.ts';
import { launchOf } from './script.ts';
import type { SpawnerFile } from './spawner-file.ts';

/** Starts in one turn of the event loop: starting is synchronous, and the ends of others must be heard in between. */
const STARTS_PER_TURN = 8;

/** What a spawner stands on. */
export interface SpawnerDeps {
  readonly instancesDir: string;
  readonly file: SpawnerFile;
  readonly clock: () => number;
  readonly report: (report: SpawnerReport) => void;
  /** Called when the spawner has nothing left to do and nobody to do it for. */
  readonly exit: () => void;
}

interface Held {
  readonly child?: RunningChild;
  readonly end?: RunEnd;
}

/**
 * Starts commands and reports how they end. An end is held until the server has acknowledged it; when the server dies, the running
 * commands go on as on real instances and their ends are written to the spawner's file.
 */
export class Spawner {
  readonly #deps: SpawnerDeps;
  readonly #tasks = new Map<string, TaskMessage>();
  readonly #held = new Map<string, Held>();
  readonly #prepared = new Set<string>();
  readonly #waiting: RunMessage[] = [];
  #mode: 'serving' | 'orphan' | 'closing' = 'serving';
  #turn = false;

  constructor(deps: SpawnerDeps) {
    this.#deps = deps;
  }

  handle(request: SpawnerRequest): void {
    if (request.op === 'run') this.#accept(request);
    else if (request.op === 'task') this.#tasks.set(request.task, request);
    else if (request.op === 'forget') this.#tasks.delete(request.task);
    else if (request.op === 'ack') for (const run of request.runs) this.#held.delete(run);
    else if (request.op === 'stop') this.#stop(request.run);
    else this.#close();
    if (this.#mode !== 'serving') this.#exitWhenIdle();
  }

  /** The server is gone without a word: says what is held, goes on, writes the ends down. */
  orphan(): void {
    if (this.#mode !== 'serving') return;
    while (this.#waiting.length > 0) this.#startSome();
    this.#mode = 'orphan';
    const running = [...this.#held].filter(([, held]) => held.end === undefined);
    const ended = [...this.#held].flatMap(([run, held]) => (held.end === undefined ? [] : [{ run, end: held.end }]));
    this.#deps.file.add({
      t: 'held',
      runs: [
        ...running.map(([run, held]) => ({ run, pid: held.child?.pid ?? 0 })),
        ...ended.map(({ run }) => ({ run, pid: 0 })),
      ],
    });
    for (const { run, end } of ended) this.#deps.file.add({ t: 'end', run, ...end });
    this.#exitWhenIdle();
  }

  #accept(request: RunMessage): void {
    this.#held.set(request.run, {});
    this.#waiting.push(request);
    this.#scheduleTurn();
  }

  #scheduleTurn(): void {
    if (this.#turn || this.#waiting.length === 0) return;
    this.#turn = true;
    setImmediate(() => {
      this.#turn = false;
      this.#startSome();
      this.#scheduleTurn();
    });
  }

  #startSome(): void {
    for (const request of this.#waiting.splice(0, STARTS_PER_TURN)) {
      const task = this.#tasks.get(request.task);
      if (task !== undefined && this.#mode !== 'closing') this.#start(request, task);
      else this.#ended(request.run, notStarted(this.#deps.clock(), 'The command was stopped before it started.'));
    }
  }

  #start(request: RunMessage, task: TaskMessage): void {
    const startedAtMs = this.#deps.clock();
    try {
      const child = this.#spawn(request, task);
      this.#held.set(request.run, { child });
      if (this.#mode === 'serving') this.#deps.report({ t: 'started', run: request.run, atMs: startedAtMs });
    } catch (cause) {
      this.#ended(request.run, notStarted(startedAtMs, cause instanceof Error ? cause.message : String(cause)));
    }
  }

  #spawn(request: RunMessage, task: TaskMessage): RunningChild {
    const home = this.#home(request.instance);
    const tmp = join(home, 'tmp');
    const launch = launchOf(request.script ?? task.script, {
      merge: task.merge,
      folder: tmp,
      name: `_script-${request.task}`,
      powershell: task.powershell,
    });
    const env = { ...task.env, ...request.env, HOME: home, TMPDIR: tmp, DROVER_STATE_DIR: join(home, 'state') };
    return new RunningChild(
      {
        launch,
        cwd: task.cwd ?? home,
        env,
        merge: task.merge,
        timeoutSeconds: task.timeoutSeconds,
        ending: task.ending,
      },
      {
        clock: this.#deps.clock,
        onPartial: (text) => this.#deps.report({ t: 'partial', run: request.run, text }),
        onEnd: (end) => {
          if (launch.file !== undefined) rmSync(launch.file, { force: true });
          this.#ended(request.run, end);
        },
      },
    );
  }

  #home(instance: string): string {
    const home = join(this.#deps.instancesDir, instance);
    if (!this.#prepared.has(instance)) {
      mkdirSync(join(home, 'tmp'), { recursive: true });
      // The folder of the wrapper's fences, as a node has it after its first operation ever: making it would cost a process.
      mkdirSync(join(home, 'state', 'f'), { recursive: true, mode: 0o700 });
      this.#prepared.add(instance);
    }
    return home;
  }

  #ended(run: string, end: RunEnd): void {
    // The folder may have been removed under us: look again next time.
    if (end.cause === 'failedToStart') this.#prepared.delete(partsOfRun(run).instance);
    this.#held.set(run, { end });
    if (this.#mode === 'orphan') this.#deps.file.add({ t: 'end', run, ...end });
    else this.#deps.report({ t: 'end', run, ...end });
    if (this.#mode !== 'serving') this.#exitWhenIdle();
  }

  #stop(run: string): void {
    const at = this.#waiting.findIndex((request) => request.run === run);
    if (at >= 0) {
      this.#waiting.splice(at, 1);
      this.#ended(run, { ...notStarted(this.#deps.clock(), ''), cause: 'stopped', exitCode: 137 });
      return;
    }
    this.#held.get(run)?.child?.stop('stopped');
  }

  #close(): void {
    this.#mode = 'closing';
    for (const held of this.#held.values()) held.child?.shutDown();
  }

  #exitWhenIdle(): void {
    const idle = this.#waiting.length === 0 && [...this.#held.values()].every((held) => held.end !== undefined);
    if (!idle) return;
    if (this.#mode === 'orphan') this.#deps.file.add({ t: 'done' });
    // While closing, the server is still there to hear of the ends; the file goes when it has acknowledged them all.
    else if (this.#held.size > 0) return;
    else this.#deps.file.remove();
    this.#deps.exit();
  }
}

const notStarted = (atMs: number, reason: string): RunEnd => ({
  cause: 'failedToStart',
  exitCode: 1,
  stdout: '',
  stderr: reason,
  stdoutBytes: 0,
  stderrBytes: Buffer.byteLength(reason),
  startedAtMs: atMs,
  endedAtMs: atMs,
});
