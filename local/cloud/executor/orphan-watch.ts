import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Ending, endAsAgent, signal } from '../spawner/ending.ts';
import type { RunEnd } from '../spawner/protocol.ts';
import { forgetOrphan, listOrphans, type OrphanView, readOrphan } from './orphans.ts';

const LOOK_MS = 50;
/** A spawner notices its server's death at once; one that says nothing for this long is stuck. */
const LONGEST_SILENCE_MS = 10_000;
const GRACE_MS = 1_000;

/** Runs of earlier servers: which still go on, and which may or may not have run. */
export interface Recovery {
  readonly held: ReadonlySet<string>;
  readonly lost: readonly string[];
}

/** Follows the spawners of earlier servers until the last of their commands has ended. */
export class OrphanWatch {
  readonly #dir: string;
  readonly #onEnd: (run: string, end: RunEnd) => void;
  /** Runs still going on, with their process group. */
  readonly #running = new Map<string, number>();
  readonly #stopped = new Set<string>();
  #open: string[] = [];
  #timer: NodeJS.Timeout | undefined;
  readonly #kills: NodeJS.Timeout[] = [];

  constructor(dir: string, onEnd: (run: string, end: RunEnd) => void) {
    mkdirSync(dir, { recursive: true });
    this.#dir = dir;
    this.#onEnd = onEnd;
  }

  /** Asks every earlier spawner. `dispatched`: runs without an end and the spawner that got each. */
  async recover(dispatched: ReadonlyMap<string, string>): Promise<Recovery> {
    const views = new Map<string, OrphanView>();
    for (const spawner of listOrphans(this.#dir)) views.set(spawner, await this.#statement(spawner));
    const lost: string[] = [];
    for (const [run, spawner] of dispatched) {
      const view = views.get(spawner);
      // No file: it ended in an orderly way, with every end acknowledged, so this run never reached it.
      if (view !== undefined && this.#fateOf(run, view) === 'lost') lost.push(run);
    }
    for (const view of views.values()) if (view.done || !view.alive) forgetOrphan(this.#dir, view.spawner);
    this.#open = [...views.values()].filter((view) => !view.done && view.alive).map((view) => view.spawner);
    this.#schedule();
    return { held: new Set(this.#running.keys()), lost };
  }

  /** Ends a run that an earlier server started, as its agent does. */
  stop(run: string, ending: Ending): void {
    const pid = this.#running.get(run);
    if (pid === undefined || pid === 0) return;
    this.#stopped.add(run);
    endAsAgent(pid, ending);
  }

  /** Stops every run and waits until it is known how they ended. */
  async stopAll(): Promise<void> {
    for (const [run, pid] of this.#running) this.#shutDown(run, pid);
    for (let waitedMs = 0; this.#open.length > 0 && waitedMs < LONGEST_SILENCE_MS; waitedMs += LOOK_MS) {
      this.#look();
      await sleep(LOOK_MS);
    }
    this.close();
  }

  /** TERM, then KILL to the process group, as when an instance shuts down. */
  #shutDown(run: string, pid: number): void {
    if (pid === 0) return;
    this.#stopped.add(run);
    signal(-pid, 'SIGTERM');
    this.#kills.push(setTimeout(() => this.#running.has(run) && signal(-pid, 'SIGKILL'), GRACE_MS));
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const kill of this.#kills) clearTimeout(kill);
  }

  /** Waits for the word of a spawner whose server just died. */
  async #statement(spawner: string): Promise<OrphanView> {
    for (let waitedMs = 0; ; waitedMs += LOOK_MS) {
      const view = readOrphan(this.#dir, spawner);
      if (view.held !== undefined || !view.alive || waitedMs >= LONGEST_SILENCE_MS) return view;
      await sleep(LOOK_MS);
    }
  }

  /** The spawner does not know that the signal came from us. */
  #ended(run: string, end: RunEnd): void {
    const bySignal = this.#stopped.delete(run) && end.cause === 'exited' && end.exitCode > 128;
    this.#onEnd(run, bySignal ? { ...end, cause: 'stopped' } : end);
  }

  #fateOf(run: string, view: OrphanView): 'known' | 'lost' {
    const end = view.ends.get(run);
    const pid = view.held?.get(run);
    if (end !== undefined) this.#onEnd(run, end);
    else if (view.held === undefined || (pid !== undefined && !view.alive)) return 'lost';
    else if (pid !== undefined) this.#running.set(run, pid);
    return 'known';
  }

  #schedule(): void {
    if (this.#open.length === 0) return;
    this.#timer = setTimeout(() => {
      this.#look();
      this.#schedule();
    }, LOOK_MS);
  }

  #look(): void {
    this.#open = this.#open.filter((spawner) => {
      const view = readOrphan(this.#dir, spawner);
      for (const [run, end] of view.ends) if (this.#running.delete(run)) this.#ended(run, end);
      if (view.alive && !view.done) return true;
      forgetOrphan(this.#dir, spawner);
      return false;
    });
  }
}
