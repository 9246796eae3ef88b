import type { RecordPlace } from '../provider/journal.ts';
import type { SsmTarget } from './requests.ts';
import {
  type CommandCounts,
  commandStatus,
  countsAsError,
  INVOCATION_STATUS,
  isTerminal,
  type StatusPair,
} from './status.ts';

/** What a command is from its beginning; journaled as it is. */
export interface SsmCommand {
  readonly commandId: string;
  readonly region: string;
  readonly account: string;
  readonly accessKeyId: string;
  readonly documentName: string;
  readonly documentVersion: string;
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  readonly comment: string;
  /** As asked for; the resolved ones are in `targetIds`. */
  readonly instanceIds: readonly string[];
  readonly targets: readonly SsmTarget[];
  readonly targetIds: readonly string[];
  readonly requestedAtMs: number;
  readonly expiresAtMs: number;
  readonly timeoutSeconds: number;
  readonly executionTimeoutSeconds: number;
  readonly maxConcurrency: string;
  readonly maxErrors: string;
}

/** One instance's part of a command. */
export interface SsmInvocation {
  readonly instanceId: string;
  readonly pair: StatusPair;
  /** -1 until the agent has answered. */
  readonly responseCode: number;
  readonly startedAtMs?: number;
  readonly endedAtMs?: number;
  readonly output?: RecordPlace;
}

/** What `count` or `percent%` of a number of targets is; percentages are rounded down. */
export const absolute = (value: string, targets: number): number =>
  value.endsWith('%') ? Math.floor((Number(value.slice(0, -1)) * targets) / 100) : Number(value);

/** A command and what became of it so far. */
export class SsmCommandState {
  readonly command: SsmCommand;
  readonly width: number;
  readonly maxErrors: number;
  readonly invocations = new Map<string, SsmInvocation>();
  /** Instances that it was not sent to yet. */
  readonly queue: string[];
  /** Instances that it was sent to and that are not at their end. */
  readonly active = new Set<string>();
  cancelRequested = false;
  #counts = {
    completed: 0,
    errors: 0,
    executionTimeouts: 0,
    deliveryTimeouts: 0,
    cancelled: 0,
    successes: 0,
    started: 0,
  };

  constructor(command: SsmCommand) {
    this.command = command;
    const count = command.targetIds.length;
    this.width = Math.max(1, absolute(command.maxConcurrency, count));
    this.maxErrors = absolute(command.maxErrors, count);
    this.queue = [...command.targetIds];
    for (const instanceId of command.targetIds) {
      this.invocations.set(instanceId, { instanceId, pair: INVOCATION_STATUS.pending, responseCode: -1 });
    }
  }

  get counts(): CommandCounts {
    return {
      ...this.#counts,
      targets: this.invocations.size,
      maxErrors: this.maxErrors,
      cancelRequested: this.cancelRequested,
    };
  }

  get status(): StatusPair {
    return commandStatus(this.counts);
  }

  get finished(): boolean {
    return this.#counts.completed === this.invocations.size;
  }

  get errorsExceeded(): boolean {
    return this.#counts.errors > this.maxErrors;
  }

  /** Changes an invocation. False when it is unknown or at its end, which is never left. */
  change(instanceId: string, change: Partial<Omit<SsmInvocation, 'instanceId'>>): boolean {
    const before = this.invocations.get(instanceId);
    if (before === undefined || isTerminal(before.pair)) return false;
    const after = { ...before, ...change };
    this.invocations.set(instanceId, after);
    if (before.startedAtMs === undefined && after.startedAtMs !== undefined) this.#counts.started++;
    if (isTerminal(after.pair)) this.#count(after.pair);
    return true;
  }

  #count(pair: StatusPair): void {
    const { details } = pair;
    this.#counts.completed++;
    if (countsAsError(pair)) this.#counts.errors++;
    if (details === 'ExecutionTimedOut') this.#counts.executionTimeouts++;
    if (details === 'DeliveryTimedOut') this.#counts.deliveryTimeouts++;
    if (details === 'Cancelled') this.#counts.cancelled++;
    if (details === 'Success') this.#counts.successes++;
  }
}
