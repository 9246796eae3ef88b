import { join } from 'node:path';
import type { Journal, RecordPlace } from '../provider/journal.ts';
import type { RunOutput } from '../provider/output-store.ts';
import type { Ending } from '../spawner/ending.ts';
import { partsOfRun, type RunEnd, runIdOf, type SpawnerReport, type TaskMessage } from '../spawner/protocol.ts';
import { OrphanWatch } from './orphan-watch.ts';
import { spawnerFilePath } from './orphans.ts';
import { type BootRecord, Reboots } from './reboots.ts';
import { SpawnerLink } from './spawner-link.ts';

/** Commands that one instance runs at once: the SSM agent's default (CommandWorkersLimit). */
export const RUNS_PER_INSTANCE = 5;

/** A task as its engine describes it. */
export type Task = Omit<TaskMessage, 'op'>;

/** One run to be started on an instance. */
export interface RunRequest {
  readonly task: Task;
  readonly instance: string;
  readonly env: Readonly<Record<string, string>>;
  readonly script?: string;
  /** How long the instance takes to get to it. */
  readonly delaySeconds: number;
}

/** What the engines hear of their runs. An end is journaled when they hear of it; `place` is where. */
export interface RunListener {
  onStarted(run: string, atMs: number): void;
  onPartial(run: string, text: string): void;
  onEnd(run: string, end: RunEnd, place: RecordPlace): void;
}

/** What the executor stands on. */
export interface ExecutorDeps {
  readonly dir: string;
  readonly journal: Journal;
  readonly listener: RunListener;
  readonly spawnersCount: number;
  readonly path: string;
  /** Makes names of spawners that no earlier server used. */
  readonly spawnerName: () => string;
  readonly clock: () => number;
  /** True: a run whose spawner died with its server is handed out again, as an agent does that was restarted in the middle of a command. */
  readonly redeliver: boolean;
}

/** Spawners may die now and then (out of memory); one that dies again and again is a fault to be seen. */
const MOST_CRASHES = 20;

interface Slot {
  running: number;
  readonly waiting: RunRequest[];
}

/**
 * Runs commands on instances through spawner processes: at most five at once on an instance, each exactly once. Before a run is handed
 * to a spawner the journal says to which, so that after a crash it is known whom to ask.
 */
export class Executor {
  readonly #deps: ExecutorDeps;
  readonly #links: SpawnerLink[] = [];
  readonly #slots = new Map<string, Slot>();
  readonly #owner = new Map<string, SpawnerLink>();
  readonly #delays = new Map<string, NodeJS.Timeout>();
  readonly #orphans: OrphanWatch;
  readonly #reboots: Reboots;
  /** What a run printed before it had its instance rebooted, for its record. */
  readonly #earlier = new Map<string, RunOutput>();
  readonly #acknowledged = new Map<SpawnerLink, string[]>();
  readonly #spawnersDir: string;
  #outgoing: RunRequest[] = [];
  #turns = 0;
  #crashes = 0;
  #closing = false;

  constructor(deps: ExecutorDeps) {
    this.#deps = deps;
    this.#spawnersDir = join(deps.dir, 'provider', 'spawners');
    this.#reboots = new Reboots(join(deps.dir, 'instances'));
    this.#orphans = new OrphanWatch(this.#spawnersDir, (run, end) => this.#recordEnd(run, end));
  }

  /**
   * Reads what earlier spawners left; the ends that they saw are reported at once or later. `dispatched`: runs without an end and the
   * spawner that got each. Returns the runs that still go on; every other one without an end never started, or is to be delivered again.
   */
  async recover(dispatched: ReadonlyMap<string, string>): Promise<ReadonlySet<string>> {
    const { held, lost } = await this.#orphans.recover(dispatched);
    if (!this.#deps.redeliver) for (const run of lost) this.#recordEnd(run, this.#lostEnd());
    this.#deps.journal.flush();
    return held;
  }

  /** Starts the spawners; before that nothing can run. */
  start(): void {
    for (let i = 0; i < this.#deps.spawnersCount; i++) this.#links.push(this.#link());
  }

  submit(request: RunRequest): void {
    if (request.delaySeconds <= 0) {
      this.#enqueue(request);
      return;
    }
    const run = runIdOf(request.task.task, request.instance);
    const later = (): void => {
      this.#delays.delete(run);
      this.#enqueue(request);
    };
    this.#delays.set(run, setTimeout(later, request.delaySeconds * 1_000));
  }

  /** Stops a run; `ending` is that of its task. `notStarted`: it never started and never will, and no end is reported. */
  stop(run: string, ending: Ending): 'notStarted' | 'signalled' {
    const delay = this.#delays.get(run);
    if (delay !== undefined) {
      clearTimeout(delay);
      this.#delays.delete(run);
      return 'notStarted';
    }
    if (this.#removeWaiting(run)) return 'notStarted';
    const link = this.#owner.get(run);
    if (link !== undefined) link.send({ op: 'stop', run });
    else this.#orphans.stop(run, ending);
    return 'signalled';
  }

  isDown(instance: string): boolean {
    return this.#reboots.isDown(instance);
  }

  /** Reboots an instance: whatever runs there is gone without a word, and what comes meanwhile waits. */
  reboot(instance: string, seconds: number): void {
    this.#reboots.begin(instance, seconds, (record) => {
      this.#deps.journal.append(record);
      this.#fill(instance);
    });
  }

  replayBoot(record: BootRecord): void {
    this.#reboots.replay(record);
  }

  /** The record of a run will have this output before its own: an agent that runs a command again goes on with the files of its output. */
  continueOutput(run: string, output: RunOutput): void {
    this.#earlier.set(run, output);
  }

  /** The task has no further runs. */
  forget(task: string): void {
    for (const link of this.#links) if (link.tasks.delete(task)) link.send({ op: 'forget', task });
  }

  /** Ends the spawners and, unless told otherwise, what they run. */
  async close(keepRunning: boolean): Promise<void> {
    this.#closing = true;
    this.#reboots.close();
    for (const timer of this.#delays.values()) clearTimeout(timer);
    if (keepRunning) {
      this.#orphans.close();
      for (const link of this.#links) link.abandon();
      return;
    }
    for (const link of this.#links) {
      link.send({ op: 'close' });
      link.flush();
    }
    const deadline = setTimeout(() => this.#links.forEach((link) => void link.kill()), 10_000);
    await Promise.all([...this.#links.map((link) => link.exited), this.#orphans.stopAll()]);
    clearTimeout(deadline);
  }

  #link(): SpawnerLink {
    const id = this.#deps.spawnerName();
    const link: SpawnerLink = new SpawnerLink({
      id,
      instancesDir: join(this.#deps.dir, 'instances'),
      filePath: spawnerFilePath(this.#spawnersDir, id),
      env: { PATH: this.#deps.path },
      onReport: (report) => this.#onReport(link, report),
      onExit: () => this.#onExit(link),
    });
    return link;
  }

  #enqueue(request: RunRequest): void {
    const slot = this.#slots.get(request.instance) ?? { running: 0, waiting: [] };
    this.#slots.set(request.instance, slot);
    slot.waiting.push(request);
    this.#fill(request.instance);
  }

  /** Starts what waits for an instance, as far as it is up and has room. */
  #fill(instance: string): void {
    const slot = this.#slots.get(instance);
    if (slot === undefined || this.#closing || this.#reboots.isDown(instance)) return;
    while (slot.running < RUNS_PER_INSTANCE) {
      const next = slot.waiting.shift();
      if (next === undefined) break;
      this.#dispatch(slot, next);
    }
    if (slot.running === 0) this.#slots.delete(instance);
  }

  #dispatch(slot: Slot, request: RunRequest): void {
    slot.running++;
    if (this.#outgoing.length === 0) setImmediate(() => this.#sendOutgoing());
    this.#outgoing.push(request);
  }

  #sendOutgoing(): void {
    const requests = this.#outgoing;
    this.#outgoing = [];
    if (this.#closing) return;
    const sent = requests.map((request) => ({ request, link: this.#nextLink() }));
    for (const { request, link } of sent) {
      this.#deps.journal.append({ k: 'go', t: request.task.task, i: request.instance, s: link.id });
    }
    this.#deps.journal.flush();
    for (const { request, link } of sent) this.#sendTo(link, request);
  }

  #sendTo(link: SpawnerLink, request: RunRequest): void {
    const { task, instance, env, script } = request;
    const run = runIdOf(task.task, instance);
    if (!link.tasks.has(task.task)) {
      link.tasks.add(task.task);
      link.send({ op: 'task', ...task });
    }
    link.runs.add(run);
    this.#owner.set(run, link);
    const own = { ...env, ...this.#reboots.env(instance) };
    link.send({ op: 'run', run, task: task.task, instance, env: own, ...(script === undefined ? {} : { script }) });
  }

  #nextLink(): SpawnerLink {
    const link = this.#links[this.#turns++ % this.#links.length];
    if (link === undefined) throw new Error('The executor has no spawner: call start first.');
    return link;
  }

  #removeWaiting(run: string): boolean {
    const { instance, task } = partsOfRun(run);
    const slot = this.#slots.get(instance);
    const matches = (request: RunRequest): boolean => request.task.task === task && request.instance === instance;
    const outgoing = this.#outgoing.findIndex(matches);
    if (outgoing >= 0) {
      this.#outgoing.splice(outgoing, 1);
      this.#release(instance);
      return true;
    }
    const at = slot?.waiting.findIndex(matches) ?? -1;
    if (at >= 0) slot?.waiting.splice(at, 1);
    return at >= 0;
  }

  #release(instance: string): void {
    const slot = this.#slots.get(instance);
    if (slot === undefined) return;
    slot.running--;
    this.#fill(instance);
  }

  #onReport(link: SpawnerLink, report: SpawnerReport): void {
    if (report.t === 'started') this.#deps.listener.onStarted(report.run, report.atMs);
    else if (report.t === 'partial') this.#deps.listener.onPartial(report.run, report.text);
    else {
      link.runs.delete(report.run);
      this.#owner.delete(report.run);
      const { instance } = partsOfRun(report.run);
      this.#recordEnd(report.run, this.#reboots.isDown(instance) ? { ...report, cause: 'lost' } : report);
      this.#release(instance);
      this.#acknowledge(link, report.run);
    }
  }

  /** Tells the spawner of journaled ends, many at once. */
  #acknowledge(link: SpawnerLink, run: string): void {
    const runs = this.#acknowledged.get(link);
    if (runs !== undefined) {
      runs.push(run);
      return;
    }
    this.#acknowledged.set(link, [run]);
    setImmediate(() => {
      this.#deps.journal.flush();
      link.send({ op: 'ack', runs: this.#acknowledged.get(link) ?? [] });
      this.#acknowledged.delete(link);
    });
  }

  #recordEnd(run: string, end: RunEnd): void {
    const { task, instance } = partsOfRun(run);
    const { cause, exitCode, startedAtMs, endedAtMs } = end;
    const kept = { cause, exitCode, ...joined(this.#earlier.get(run), end), startedAtMs, endedAtMs };
    this.#earlier.delete(run);
    const place = this.#deps.journal.append({ k: 'end', t: task, i: instance, end: kept });
    this.#deps.listener.onEnd(run, kept, place);
  }

  /** A spawner that dies takes the knowledge of its runs with it. Another takes its place. */
  #onExit(link: SpawnerLink): void {
    if (this.#closing) return;
    if (++this.#crashes > MOST_CRASHES)
      throw new Error('The spawner processes of the local cloud keep dying; is there memory left?');
    this.#links.splice(this.#links.indexOf(link), 1, this.#link());
    for (const run of link.runs) {
      this.#owner.delete(run);
      this.#recordEnd(run, this.#lostEnd());
      this.#release(partsOfRun(run).instance);
    }
  }

  #lostEnd(): RunEnd {
    const atMs = this.#deps.clock();
    return {
      cause: 'lost',
      exitCode: 1,
      stdout: '',
      stderr: '',
      stdoutBytes: 0,
      stderrBytes: 0,
      startedAtMs: atMs,
      endedAtMs: atMs,
    };
  }
}

const joined = (before: RunOutput | undefined, { stdout, stderr, stdoutBytes, stderrBytes }: RunOutput): RunOutput => ({
  stdout: (before?.stdout ?? '') + stdout,
  stderr: (before?.stderr ?? '') + stderr,
  stdoutBytes: (before?.stdoutBytes ?? 0) + stdoutBytes,
  stderrBytes: (before?.stderrBytes ?? 0) + stderrBytes,
});
