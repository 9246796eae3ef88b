import type { RecordPlace } from '../provider/journal.ts';
import { type InstanceStatus, isOver } from './status.ts';

/** A command as the cloud keeps it. */
export interface EcsCommand {
  readonly commandId: string;
  readonly region: string;
  readonly name: string;
  readonly type: string;
  /** Decoded. */
  readonly content: string;
  readonly description: string;
  readonly timeoutSeconds: number;
  readonly workingDir: string;
  readonly enableParameter: boolean;
}

/** What an invocation is from its beginning; journaled as it is. */
export interface EcsInvocation {
  readonly invokeId: string;
  readonly region: string;
  readonly command: EcsCommand;
  /** The caller's own values filled in; built-in values of the instances not yet. */
  readonly script: string;
  /** JSON map as text. */
  readonly parameters: string;
  readonly timeoutSeconds: number;
  readonly workingDir: string;
  readonly username: string;
  readonly terminationMode: string;
  readonly instanceIds: readonly string[];
  readonly createdAtMs: number;
  readonly clientToken?: string;
  readonly fingerprint?: string;
}

/** What happened on one instance. */
export interface EcsResult {
  readonly instanceId: string;
  readonly status: InstanceStatus;
  readonly errorCode: string;
  readonly errorInfo: string;
  readonly exitCode?: number;
  readonly startedAtMs?: number;
  readonly endedAtMs?: number;
  readonly output?: RecordPlace;
  /** What was streamed while it runs. */
  readonly partial?: string;
}

/** An invocation and what became of it so far. */
export class EcsInvocationState {
  readonly invocation: EcsInvocation;
  readonly results = new Map<string, EcsResult>();
  #open: number;

  constructor(invocation: EcsInvocation) {
    this.invocation = invocation;
    this.#open = invocation.instanceIds.length;
    for (const instanceId of invocation.instanceIds) {
      this.results.set(instanceId, { instanceId, status: 'Pending', errorCode: '', errorInfo: '' });
    }
  }

  get finished(): boolean {
    return this.#open === 0;
  }

  /** Changes a result. False when it is unknown or at its end, which is never left. */
  change(instanceId: string, change: Partial<Omit<EcsResult, 'instanceId'>>): boolean {
    const before = this.results.get(instanceId);
    if (before === undefined || isOver(before.status)) return false;
    const after = { ...before, ...change };
    this.results.set(instanceId, after);
    if (isOver(after.status)) this.#open--;
    return true;
  }
}
