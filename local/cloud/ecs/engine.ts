import { statSync } from 'node:fs';
import type { FleetInstance } from '../fleet.ts';
import { type EngineDeps, KEPT_RESULTS } from '../provider/engine-deps.ts';
import type { RecordPlace } from '../provider/journal.ts';
import type { Ending } from '../spawner/ending.ts';
import { partsOfRun, type RunEnd, runIdOf } from '../spawner/protocol.ts';
import { type EcsCommand, type EcsInvocation, EcsInvocationState, type EcsResult } from './invocation.ts';
import { isOver } from './status.ts';
import { fillBuiltIns, fillSecrets, hasBuiltIns } from './template.ts';

/** The exit code that makes the agent reboot the instance once it has reported it; nothing is run again (aliyun_assist_client, host/processor). */
const REBOOT_CODE = { linux: 194, windows: 3010 } as const;
const REBOOT_SECONDS = 1;

/** Records of this engine in the journal. */
export type EcsRecord =
  | { readonly k: 'ecs.command'; readonly t: string; readonly command: EcsCommand; readonly token?: CommandToken }
  | { readonly k: 'ecs.run'; readonly t: string; readonly invocation: EcsInvocation }
  | { readonly k: 'ecs.settle'; readonly t: string; readonly i: string; readonly change: Settled }
  | { readonly k: 'ecs.stop'; readonly t: string; readonly ids: readonly string[] };

/** The client token a command was created with. */
export interface CommandToken {
  readonly clientToken: string;
  readonly fingerprint: string;
}

type Settled = Pick<EcsResult, 'status' | 'errorCode' | 'errorInfo' | 'endedAtMs'>;

/** What an earlier call with the same client token made. */
export interface TokenUse {
  readonly fingerprint: string;
  readonly commandId: string;
  readonly invokeId?: string;
}

/** Cloud Assistant: sends an invocation to all its instances at once and follows each to its end. */
export class EcsEngine {
  readonly commands = new Map<string, EcsCommand>();
  readonly invocations = new Map<string, EcsInvocationState>();
  readonly tokens = new Map<string, TokenUse>();
  readonly #deps: EngineDeps;
  readonly #deliveries = new Map<string, NodeJS.Timeout>();
  readonly #stopped = new Set<string>();
  #results = 0;

  constructor(deps: EngineDeps) {
    this.#deps = deps;
  }

  create(command: EcsCommand, token?: CommandToken): void {
    this.#record({ k: 'ecs.command', t: command.commandId, command, ...(token === undefined ? {} : { token }) });
    this.#addCommand(command, token);
  }

  run(invocation: EcsInvocation): void {
    this.#record({ k: 'ecs.run', t: invocation.invokeId, invocation });
    const state = this.#add(invocation);
    for (const instanceId of invocation.instanceIds) this.#deliver(state, instanceId);
  }

  /** What has not started never will; what runs is killed as its termination mode says. */
  stop(state: EcsInvocationState, instanceIds: readonly string[]): void {
    const ids = instanceIds.length === 0 ? state.invocation.instanceIds : instanceIds;
    this.#record({ k: 'ecs.stop', t: state.invocation.invokeId, ids });
    for (const id of ids) this.#stopOne(state, id);
  }

  owns(task: string): boolean {
    return this.invocations.has(task);
  }

  onStarted(run: string, atMs: number): void {
    const { state, instance } = this.#runOf(run);
    state?.change(instance, { status: this.#stopped.has(run) ? 'Stopping' : 'Running', startedAtMs: atMs });
  }

  onPartial(run: string, text: string): void {
    const { state, instance } = this.#runOf(run);
    state?.change(instance, { partial: text });
  }

  /** The journal has the end already. */
  onEnd(run: string, end: RunEnd, place: RecordPlace): void {
    const { state, instance } = this.#runOf(run);
    if (state === undefined || !this.#applyEnd(state, instance, end, place)) return;
    const machine = this.#deps.inventory.byId(instance);
    if (end.cause === 'exited' && end.exitCode === REBOOT_CODE[machine?.os ?? 'linux'])
      this.#deps.executor.reboot(instance, machine?.behaviour.rebootSeconds ?? REBOOT_SECONDS);
    this.#deps.outputs.keep(place, end);
    this.#forgetWhenFinished(state);
  }

  /** Repeats one record of the journal, without effects on instances. */
  replay(record: EcsRecord): void {
    if (record.k === 'ecs.command') this.#addCommand(record.command, record.token);
    else if (record.k === 'ecs.run') this.#add(record.invocation);
    else if (record.k === 'ecs.settle') this.invocations.get(record.t)?.change(record.i, record.change);
    else for (const id of record.ids) this.#stopped.add(runIdOf(record.t, id));
  }

  replayEnd(run: string, end: RunEnd, place: RecordPlace): void {
    const { state, instance } = this.#runOf(run);
    if (state !== undefined) this.#applyEnd(state, instance, end, place);
  }

  /** Goes on after the journal was replayed: `held` runs still go on, the others without an end never started. */
  resume(held: ReadonlySet<string>): void {
    for (const state of this.invocations.values()) {
      for (const { instanceId, status } of state.results.values()) {
        if (isOver(status)) continue;
        const run = runIdOf(state.invocation.invokeId, instanceId);
        if (held.has(run)) this.onStarted(run, this.#deps.clock());
        if (this.#stopped.has(run)) this.#stopOne(state, instanceId, held.has(run));
        else if (!held.has(run)) this.#deliver(state, instanceId);
      }
    }
  }

  close(): void {
    for (const timer of this.#deliveries.values()) clearTimeout(timer);
  }

  #addCommand(command: EcsCommand, token: CommandToken | undefined): void {
    this.commands.set(command.commandId, command);
    if (token === undefined) return;
    this.tokens.set(`${command.region} ${token.clientToken}`, {
      fingerprint: token.fingerprint,
      commandId: command.commandId,
    });
  }

  #add(invocation: EcsInvocation): EcsInvocationState {
    const { invokeId, region, clientToken, fingerprint, command } = invocation;
    const state = new EcsInvocationState(invocation);
    this.invocations.set(invokeId, state);
    if (clientToken !== undefined && fingerprint !== undefined) {
      this.tokens.set(`${region} ${clientToken}`, { fingerprint, commandId: command.commandId, invokeId });
    }
    this.#results += invocation.instanceIds.length;
    for (const [id, old] of this.invocations) {
      if (this.#results <= KEPT_RESULTS || !old.finished) break;
      this.invocations.delete(id);
      this.tokens.delete(`${old.invocation.region} ${old.invocation.clientToken}`);
      this.#results -= old.results.size;
    }
    return state;
  }

  #deliver(state: EcsInvocationState, instanceId: string): void {
    const instance = this.#deps.inventory.byId(instanceId);
    const { command, username, workingDir } = state.invocation;
    if (instance === undefined) this.#abortLater(state, instanceId, 'InstanceNotExists');
    else if (instance.behaviour.stopped === true) this.#abortLater(state, instanceId, 'InstanceNotRunning');
    else if (
      instance.behaviour.offline === true ||
      this.#deps.agents.isMissing(instance) ||
      this.#deps.executor.isDown(instanceId)
    )
      this.#abortLater(state, instanceId, 'ClientNotRunning');
    else if (this.#deps.faults.chance(instance.behaviour.flaky))
      this.#abortLater(state, instanceId, 'ClientNotResponse');
    else if (!this.#suits(command.type, instance)) this.#invalid(state, instanceId, 'CommandNotApplicable');
    else if (username !== '' && !this.#deps.users.includes(username))
      this.#invalid(state, instanceId, 'AccountNotExists');
    else if (workingDir !== '' && !isFolder(workingDir)) this.#invalid(state, instanceId, 'DirectoryNotExists');
    else this.#start(state, instance);
  }

  /** Windows has no POSIX shell; other types run where PowerShell is, and here that is this machine. Batch files need a Windows of their own. */
  #suits(type: string, { os }: FleetInstance): boolean {
    if (type === 'RunShellScript') return os === 'linux';
    return type === 'RunPowerShellScript' && os === 'windows' && this.#deps.powershell !== undefined;
  }

  #start(state: EcsInvocationState, instance: FleetInstance): void {
    const { powershell } = this.#deps;
    const { invokeId, command, script, timeoutSeconds, terminationMode, workingDir } = state.invocation;
    const own = command.enableParameter ? this.#filled(state, instance) : script;
    if (own === undefined) {
      this.#invalid(state, instance.id, 'InvalidParameters');
      return;
    }
    this.#deps.executor.submit({
      task: {
        task: invokeId,
        script,
        ...(command.type === 'RunPowerShellScript' && powershell !== undefined ? { powershell } : {}),
        env: { PATH: this.#deps.path },
        merge: true,
        timeoutSeconds,
        ending: endingOf(terminationMode),
        ...(workingDir === '' ? {} : { cwd: workingDir }),
      },
      instance: instance.id,
      env: {},
      delaySeconds: instance.behaviour.slowSeconds ?? 0,
      ...(own === script ? {} : { script: own }),
    });
  }

  /** The script as this instance gets it. Secrets come last: nothing that they hold is replaced. */
  #filled(state: EcsInvocationState, instance: FleetInstance): string | undefined {
    const { script } = state.invocation;
    if (!hasBuiltIns(script)) return script;
    const filled = fillBuiltIns(script, builtInsOf(state, instance));
    return filled === undefined ? undefined : fillSecrets(filled, this.#deps.secretOf);
  }

  #abortLater(state: EcsInvocationState, instanceId: string, errorCode: string): void {
    const run = runIdOf(state.invocation.invokeId, instanceId);
    const abort = (): void => {
      this.#deliveries.delete(run);
      this.#settle(state, instanceId, {
        status: 'Aborted',
        errorCode,
        errorInfo: 'The command could not be delivered.',
      });
    };
    this.#deliveries.set(run, setTimeout(abort, this.#deps.faults.undeliverableAfterSeconds * 1_000));
  }

  #invalid(state: EcsInvocationState, instanceId: string, errorCode: string): void {
    this.#settle(state, instanceId, {
      status: 'Invalid',
      errorCode,
      errorInfo: 'The command cannot run on this instance as it is.',
    });
  }

  #stopOne(state: EcsInvocationState, instanceId: string, running = true): void {
    const run = runIdOf(state.invocation.invokeId, instanceId);
    const result = state.results.get(instanceId);
    if (result === undefined || isOver(result.status)) return;
    const delivery = this.#deliveries.get(run);
    clearTimeout(delivery);
    this.#deliveries.delete(run);
    if (
      delivery === undefined &&
      running &&
      this.#deps.executor.stop(run, endingOf(state.invocation.terminationMode)) === 'signalled'
    ) {
      this.#stopped.add(run);
      state.change(instanceId, { status: 'Stopping' });
      return;
    }
    this.#settle(state, instanceId, { status: 'Cancelled', errorCode: '', errorInfo: '' });
  }

  #settle(state: EcsInvocationState, instanceId: string, how: Omit<Settled, 'endedAtMs'>): void {
    const change = { ...how, endedAtMs: this.#deps.clock() };
    if (!state.change(instanceId, change)) return;
    this.#record({ k: 'ecs.settle', t: state.invocation.invokeId, i: instanceId, change });
    this.#forgetWhenFinished(state);
  }

  #applyEnd(state: EcsInvocationState, instance: string, end: RunEnd, place: RecordPlace): boolean {
    const stopped = this.#stopped.delete(runIdOf(state.invocation.invokeId, instance));
    return state.change(instance, {
      ...endOf(end, stopped),
      exitCode: end.exitCode,
      startedAtMs: end.startedAtMs,
      endedAtMs: end.endedAtMs,
      ...(end.stdoutBytes + end.stderrBytes > 0 ? { output: place } : {}),
    });
  }

  #forgetWhenFinished(state: EcsInvocationState): void {
    if (state.finished) this.#deps.executor.forget(state.invocation.invokeId);
  }

  #runOf(run: string): { readonly state: EcsInvocationState | undefined; readonly instance: string } {
    const { task, instance } = partsOfRun(run);
    return { state: this.invocations.get(task), instance };
  }

  #record(record: EcsRecord): void {
    this.#deps.journal.append(record);
  }
}

const builtInsOf = ({ invocation }: EcsInvocationState, instance: FleetInstance): Readonly<Record<string, string>> => ({
  RegionId: invocation.region,
  AccountId: instance.account,
  InstanceId: instance.id,
  InstanceName: instance.name,
  InvokeId: invocation.invokeId,
  CommandId: invocation.command.commandId,
});

const endOf = (end: RunEnd, stopped: boolean): Pick<EcsResult, 'status' | 'errorCode' | 'errorInfo'> => {
  if (end.cause === 'timedOut')
    return { status: 'Timeout', errorCode: 'ExecutionTimeout', errorInfo: 'the process execution timeout.' };
  if (end.cause === 'stopped' && stopped) return { status: 'Terminated', errorCode: '', errorInfo: '' };
  if (end.cause === 'lost')
    return { status: 'Error', errorCode: 'ExecutionInterrupted', errorInfo: 'the execution was interrupted.' };
  if (end.cause === 'failedToStart') return { status: 'Error', errorCode: 'ExecutionException', errorInfo: end.stderr };
  if (end.exitCode === 0) return { status: 'Success', errorCode: '', errorInfo: '' };
  return { status: 'Failed', errorCode: 'ExitCodeNonzero', errorInfo: 'the process exit code is not zero.' };
};

const endingOf = (terminationMode: string): Ending => (terminationMode === 'ProcessTree' ? 'tree' : 'process');

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
