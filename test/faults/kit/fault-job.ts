import type { System } from '#functions/runtime/system.ts';
import type { RunView } from '#shared/contract/run-views.ts';
import type { RunId } from '#shared/model/ids.ts';
import type { RunStatus } from '#shared/model/status.ts';
import type { Ledger } from './ledger.ts';
import type { Execution, Notebook } from './node-notes.ts';

/** A job that faults are put into, with what its operator does. */
export interface FaultJob {
  readonly name: string;
  /** What of the product it goes through. */
  readonly about: string;
  readonly job: (notes: Notebook) => unknown;
  /** What the request says beside the job. */
  readonly only?: { readonly groups?: string[]; readonly phases?: string[] };
  /** What the operator does after the start; waits for the end when absent. */
  readonly operate?: (operator: Operator) => Promise<void>;
  /** Status of the run in the end, without faults as with them. */
  readonly ends: RunStatus;
  /** Executions without faults, by operation. */
  readonly executions: Readonly<Record<string, number>>;
  /** Takes out of the ledger what faults may change in this job; says why. */
  readonly loosen?: (ledger: Ledger) => Ledger;
}

/** Who works with a run: asks again when an answer is lost, and looks before asking again. */
export interface Operator {
  readonly notes: Notebook;
  /** The run as it stands. */
  look(): Promise<RunView>;
  /** Lets scripts go on that wait for a gate. */
  open(gate: string): void;
  /** Makes a request until what it asks for is so. A refusal is taken only when it is so all the same. */
  ask(request: Ask, isSo: (view: RunView) => boolean): Promise<void>;
  /** Waits until the run stands as wanted. */
  until(what: string, isSo: (view: RunView) => boolean): Promise<void>;
  /** Waits until the nodes have done something. */
  untilNoted(what: string, isSo: (executions: readonly Execution[]) => boolean): Promise<void>;
  /** Waits until the current attempt is over. */
  ended(): Promise<void>;
}

export type Ask = (services: System['services'], runId: RunId) => Promise<unknown>;
