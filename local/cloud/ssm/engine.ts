import type { FleetInstance } from '../fleet.ts';
import type { EngineDeps } from '../provider/engine-deps.ts';
import { KEPT_RESULTS } from '../provider/engine-deps.ts';
import type { RecordPlace } from '../provider/journal.ts';
import { partsOfRun, type RunEnd, runIdOf } from '../spawner/protocol.ts';
import { type SsmCommand, SsmCommandState, type SsmInvocation } from './command.ts';
import { commandEvent, invocationEvent } from './events.ts';
import { INVOCATION_STATUS, isTerminal, type StatusPair } from './status.ts';
import { UPDATE_DOCUMENT, updateScript } from './update-agent.ts';

const SWEEP_MS = 1_000;
const ENDING = 'group';
/** The exit code by which a command asks the agent for a reboot, after which it is run again (amazon-ssm-agent, RebootExitCode). */
const REBOOT_CODE = { linux: 194, windows: 3010 } as const;
const REBOOT_SECONDS = 1;

/** Records of this engine in the journal. */
export type SsmRecord =
  | { readonly k: 'ssm.send'; readonly t: string; readonly command: SsmCommand }
  | {
      readonly k: 'ssm.settle';
      readonly t: string;
      readonly i: string;
      readonly pair: StatusPair;
      readonly atMs: number;
    }
  | { readonly k: 'ssm.cancel'; readonly t: string; readonly ids: readonly string[] };

/** Run Command: sends commands to instances as wide as MaxConcurrency allows and follows them to their end. */
export class SsmEngine {
  readonly commands = new Map<string, SsmCommandState>();
  readonly #deps: EngineDeps;
  readonly #open = new Set<SsmCommandState>();
  readonly #deliveries = new Map<string, NodeJS.Timeout>();
  readonly #cancelled = new Set<string>();
  readonly #pumping = new Set<SsmCommandState>();
  /** Runs that had their instance rebooted and were not handed out again since. */
  readonly #rebooted = new Set<string>();
  readonly #sweep: NodeJS.Timeout;
  #results = 0;
  /** Nothing is sent before the journal was replayed. */
  #resumed = false;

  constructor(deps: EngineDeps) {
    this.#deps = deps;
    this.#sweep = setInterval(() => this.#expire(), SWEEP_MS);
  }

  /** Takes a checked command: journals it and begins to send. */
  send(command: SsmCommand): SsmCommandState {
    this.#record({ k: 'ssm.send', t: command.commandId, command });
    const state = this.#add(command);
    if (state.finished) this.#finish(state);
    else this.#pump(state);
    return state;
  }

  /** Cancels on the given instances, or on all: what has not started never will, what runs is killed. Best effort. */
  cancel(state: SsmCommandState, instanceIds: readonly string[]): void {
    const { commandId, targetIds } = state.command;
    const ids = instanceIds.length === 0 ? targetIds : instanceIds;
    this.#record({ k: 'ssm.cancel', t: commandId, ids });
    if (instanceIds.length === 0) state.cancelRequested = true;
    for (const id of ids) this.#cancelOne(state, id);
    this.#pump(state);
  }

  owns(task: string): boolean {
    return this.commands.has(task);
  }

  onStarted(run: string, atMs: number): void {
    const { state, instance } = this.#runOf(run);
    if (state === undefined) return;
    const first = state.counts.started === 0;
    const pair = this.#cancelled.has(run) ? INVOCATION_STATUS.cancelling : INVOCATION_STATUS.inProgress;
    if (!state.change(instance, { pair, startedAtMs: atMs })) return;
    if (first) this.#emitCommand(state, INVOCATION_STATUS.inProgress);
    this.#emitInvocation(state, instance, pair);
  }

  /** The journal has the end already. A lost run stays in progress until the command expires, as when an instance dies. */
  onEnd(run: string, end: RunEnd, place: RecordPlace): void {
    const { state, instance } = this.#runOf(run);
    if (state === undefined) return;
    if (this.#asksForReboot(run, end)) {
      const machine = this.#deps.inventory.byId(instance);
      this.#deps.executor.continueOutput(run, end);
      this.#deps.executor.reboot(instance, machine?.behaviour.rebootSeconds ?? REBOOT_SECONDS);
      if (machine !== undefined) this.#start(state, machine);
      return;
    }
    if (!this.#applyEnd(state, instance, end, place)) return;
    this.#noteUpdate(state.command, instance, end);
    this.#deps.outputs.keep(place, end);
    this.#settled(state, instance);
  }

  /** Repeats one record of the journal, without effects on instances. */
  replay(record: SsmRecord): void {
    if (record.k === 'ssm.send') this.#add(record.command);
    const state = this.commands.get(record.t);
    if (state === undefined) return;
    if (record.k === 'ssm.settle') state.change(record.i, { pair: record.pair, endedAtMs: record.atMs });
    if (record.k === 'ssm.cancel') {
      if (record.ids.length === state.command.targetIds.length) state.cancelRequested = true;
      for (const id of record.ids) this.#cancelled.add(runIdOf(record.t, id));
    }
  }

  replayEnd(run: string, end: RunEnd, place: RecordPlace): void {
    const { state, instance } = this.#runOf(run);
    if (state === undefined) return;
    if (this.#asksForReboot(run, end)) {
      this.#rebooted.add(run);
      this.#deps.executor.continueOutput(run, end);
      state.change(instance, { pair: INVOCATION_STATUS.inProgress, startedAtMs: end.startedAtMs });
    } else this.#applyEnd(state, instance, end, place);
  }

  /** A run was handed to a spawner; perhaps again, after a reboot. */
  replayDispatch(run: string): void {
    this.#rebooted.delete(run);
  }

  /** Goes on after the journal was replayed: `held` runs still go on, the others without an end never started. */
  resume(held: ReadonlySet<string>): void {
    this.#resumed = true;
    for (const state of [...this.#open]) {
      this.#resumeOne(state, held);
      if (state.finished) this.#open.delete(state);
      else this.#pump(state);
    }
  }

  close(): void {
    clearInterval(this.#sweep);
    for (const timer of this.#deliveries.values()) clearTimeout(timer);
  }

  #add(command: SsmCommand): SsmCommandState {
    const state = new SsmCommandState(command);
    this.commands.set(command.commandId, state);
    this.#open.add(state);
    this.#results += command.targetIds.length;
    for (const [id, old] of this.commands) {
      if (this.#results <= KEPT_RESULTS || !old.finished) break;
      this.commands.delete(id);
      this.#results -= old.invocations.size;
    }
    return state;
  }

  #pump(state: SsmCommandState): void {
    // A delivery may end at once and come back here; the loop that is under way goes on with the next.
    if (!this.#resumed || this.#pumping.has(state)) return;
    this.#pumping.add(state);
    while (state.active.size < state.width && !state.errorsExceeded) {
      const instanceId = state.queue.shift();
      if (instanceId === undefined) break;
      state.active.add(instanceId);
      this.#deliver(state, instanceId);
    }
    this.#pumping.delete(state);
    if (!state.errorsExceeded) return;
    for (const instanceId of state.queue.splice(0)) this.#settle(state, instanceId, INVOCATION_STATUS.terminated);
  }

  #deliver(state: SsmCommandState, instanceId: string): void {
    const instance = this.#deps.inventory.byId(instanceId);
    if (instance !== undefined && !this.#suits(state.command, instance)) {
      this.#settle(state, instanceId, INVOCATION_STATUS.invalidPlatform);
    } else if (instance === undefined || instance.behaviour.offline === true || instance.behaviour.stopped === true) {
      state.change(instanceId, { pair: INVOCATION_STATUS.delayed });
      this.#giveUpLater(state, instanceId);
    } else if (this.#deps.faults.chance(instance.behaviour.flaky)) {
      this.#giveUpLater(state, instanceId);
    } else this.#start(state, instance);
  }

  /** Windows has no POSIX shell; PowerShell runs on both systems where it is installed, and here that is this machine. */
  #suits({ documentName }: SsmCommand, { os }: FleetInstance): boolean {
    if (documentName === UPDATE_DOCUMENT) return true;
    return documentName === 'AWS-RunShellScript' ? os === 'linux' : this.#deps.powershell !== undefined;
  }

  #giveUpLater(state: SsmCommandState, instanceId: string): void {
    const run = runIdOf(state.command.commandId, instanceId);
    const giveUp = (): void => {
      this.#deliveries.delete(run);
      this.#settle(state, instanceId, INVOCATION_STATUS.undeliverable);
    };
    this.#deliveries.set(run, setTimeout(giveUp, this.#deps.faults.undeliverableAfterSeconds * 1_000));
  }

  #start(state: SsmCommandState, instance: FleetInstance): void {
    const { commandId, region, parameters, executionTimeoutSeconds, documentName } = state.command;
    const cwd = parameters['workingDirectory']?.[0] ?? '';
    const isUpdate = documentName === UPDATE_DOCUMENT;
    this.#deps.executor.submit({
      task: {
        task: commandId,
        script: isUpdate
          ? updateScript(this.#deps.agents.versionOf(instance))
          : (parameters['commands'] ?? []).join('\n'),
        ...this.#runner(documentName),
        env: { PATH: this.#deps.path, SSM_COMMAND_ID: commandId, AWS_SSM_REGION_NAME: region },
        merge: false,
        timeoutSeconds: executionTimeoutSeconds,
        ending: ENDING,
        ...(cwd.startsWith('/') ? { cwd } : {}),
      },
      instance: instance.id,
      env: { AWS_SSM_INSTANCE_ID: instance.id },
      delaySeconds: instance.behaviour.slowSeconds ?? 0,
    });
  }

  #runner(documentName: string): { readonly powershell?: string } {
    const { powershell } = this.#deps;
    return documentName === 'AWS-RunPowerShellScript' && powershell !== undefined ? { powershell } : {};
  }

  #cancelOne(state: SsmCommandState, instanceId: string): void {
    const run = runIdOf(state.command.commandId, instanceId);
    const queued = state.queue.indexOf(instanceId);
    const delivery = this.#deliveries.get(run);
    const invocation = state.invocations.get(instanceId);
    if (invocation === undefined || isTerminal(invocation.pair)) return;
    if (queued >= 0) state.queue.splice(queued, 1);
    else if (delivery !== undefined) {
      clearTimeout(delivery);
      this.#deliveries.delete(run);
    } else if (this.#deps.executor.stop(run, ENDING) === 'signalled') {
      this.#cancelled.add(run);
      state.change(instanceId, { pair: INVOCATION_STATUS.cancelling });
      return;
    }
    this.#settle(state, instanceId, INVOCATION_STATUS.cancelled);
  }

  #resumeOne(state: SsmCommandState, held: ReadonlySet<string>): void {
    const runOf = (instanceId: string): string => runIdOf(state.command.commandId, instanceId);
    const open = [...state.invocations.values()].filter(({ pair }) => !isTerminal(pair));
    const isSent = ({ instanceId, startedAtMs }: SsmInvocation): boolean =>
      held.has(runOf(instanceId)) || startedAtMs !== undefined;
    state.queue.splice(0, state.queue.length, ...open.filter((one) => !isSent(one)).map((one) => one.instanceId));
    for (const { instanceId } of open.filter(isSent)) state.active.add(instanceId);
    for (const { instanceId } of open) {
      const machine = this.#deps.inventory.byId(instanceId);
      if (this.#rebooted.delete(runOf(instanceId)) && machine !== undefined) this.#start(state, machine);
      if (held.has(runOf(instanceId))) this.onStarted(runOf(instanceId), this.#deps.clock());
      if (this.#cancelled.has(runOf(instanceId))) this.#cancelOne(state, instanceId);
    }
  }

  /** Ends an invocation that ran nothing to an end. */
  #settle(state: SsmCommandState, instanceId: string, pair: StatusPair): void {
    const atMs = this.#deps.clock();
    if (!state.change(instanceId, { pair, endedAtMs: atMs })) return;
    this.#record({ k: 'ssm.settle', t: state.command.commandId, i: instanceId, pair, atMs });
    this.#settled(state, instanceId);
  }

  #noteUpdate({ documentName }: SsmCommand, instance: string, end: RunEnd): void {
    const machine = this.#deps.inventory.byId(instance);
    if (documentName === UPDATE_DOCUMENT && end.exitCode === 0 && machine !== undefined)
      this.#deps.agents.updated(machine);
  }

  #asksForReboot(run: string, end: RunEnd): boolean {
    const instance = this.#deps.inventory.byId(partsOfRun(run).instance);
    return end.cause === 'exited' && end.exitCode === REBOOT_CODE[instance?.os ?? 'linux'] && !this.#cancelled.has(run);
  }

  #applyEnd(state: SsmCommandState, instance: string, end: RunEnd, place: RecordPlace): boolean {
    const run = runIdOf(state.command.commandId, instance);
    if (end.cause === 'lost') {
      state.change(instance, { pair: INVOCATION_STATUS.inProgress, startedAtMs: end.startedAtMs });
      return false;
    }
    const pair = endPair(end, this.#cancelled.delete(run));
    const printed = end.stdoutBytes + end.stderrBytes > 0;
    return state.change(instance, {
      pair,
      responseCode: pair.details === 'ExecutionTimedOut' || pair.details === 'Cancelled' ? 137 : end.exitCode,
      startedAtMs: end.startedAtMs,
      endedAtMs: end.endedAtMs,
      ...(printed ? { output: place } : {}),
    });
  }

  #settled(state: SsmCommandState, instanceId: string): void {
    state.active.delete(instanceId);
    const pair = state.invocations.get(instanceId)?.pair;
    if (pair !== undefined) this.#emitInvocation(state, instanceId, pair);
    if (state.finished) this.#finish(state);
    else this.#pump(state);
  }

  #finish(state: SsmCommandState): void {
    if (!this.#open.delete(state)) return;
    this.#deps.executor.forget(state.command.commandId);
    this.#emitCommand(state, state.status);
  }

  /** At ExpiresAfter whatever has no end becomes DeliveryTimedOut, even what is running. */
  #expire(): void {
    const now = this.#deps.clock();
    for (const state of [...this.#open]) {
      if (state.command.expiresAtMs > now) continue;
      state.queue.splice(0);
      for (const id of state.command.targetIds) this.#settle(state, id, INVOCATION_STATUS.deliveryTimedOut);
    }
  }

  #runOf(run: string): { readonly state: SsmCommandState | undefined; readonly instance: string } {
    const { task, instance } = partsOfRun(run);
    return { state: this.commands.get(task), instance };
  }

  #emitCommand(state: SsmCommandState, pair: StatusPair): void {
    this.#deps.events.emit(commandEvent(this.#deps.uuid(), state.command, pair, this.#deps.clock()));
  }

  #emitInvocation(state: SsmCommandState, instanceId: string, pair: StatusPair): void {
    if (!this.#deps.perInstanceEvents) return;
    const change = { instanceId, pair };
    this.#deps.events.emit(invocationEvent(this.#deps.uuid(), state.command, change, this.#deps.clock()));
  }

  #record(record: SsmRecord): void {
    this.#deps.journal.append(record);
  }
}

const endPair = (end: RunEnd, cancelled: boolean): StatusPair => {
  if (end.cause === 'timedOut') return INVOCATION_STATUS.executionTimedOut;
  if (end.cause === 'stopped' && cancelled) return INVOCATION_STATUS.cancelled;
  return end.cause === 'exited' && end.exitCode === 0 ? INVOCATION_STATUS.success : INVOCATION_STATUS.failed;
};
