import type { RunId } from '../model/ids.ts';
import type { InventoryNode } from '../model/node.ts';

/** All nodes that the clouds (and registrations) know of, with what is known of their agents. */
export interface Inventory {
  /**
   * Every node, in a stable order (by id), read from the clouds now.
   * @throws AppError `inventory.unavailable` when a cloud does not answer.
   */
  list(): Promise<readonly InventoryNode[]>;
}

/** Blobs: immutable byte strings by key (`jobs/<sha256>.json`). */
export interface Blobs {
  /** Stores; the same key always gets the same bytes, so repeating is harmless. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** @throws AppError `blob.not-found` */
  get(key: string): Promise<Uint8Array>;
}

/** The state machine's engine. */
export interface Engine {
  /** Starts the execution of one attempt of a run. Idempotent by run and attempt. */
  start(runId: RunId, attempt: number): Promise<void>;
  /** Completes a parked task. A token that is gone is not an error: false. */
  complete(token: string): Promise<boolean>;
}

/** A request that a run makes itself. */
export interface HttpRequest {
  /** http or https. */
  readonly url: string;
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** What came of it; `body` is at most 65,536 bytes long. */
export type HttpAnswer =
  | { readonly status: number; readonly body: string; readonly durationMs: number }
  | { readonly error: string; readonly durationMs: number };

/** Requests to the outside. */
export interface Http {
  /** Never throws, never follows a redirect. */
  request(request: HttpRequest): Promise<HttpAnswer>;
}

/** The wall clock. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Who has which role. */
export interface Roles {
  /** Roles of an actor; none when it has none. */
  of(actor: string): readonly string[];
}

/** Makes new run ids. */
export interface Ids {
  runId(): RunId;
}

/** Fields of a log line: ids and numbers, never scripts, outputs, parameters or secrets. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** One line a fact; `event` is a stable name such as `run.finished`. */
export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

/** RFC 3339 UTC of a clock's now. */
export const nowIso = (clock: Clock): string => new Date(clock.now()).toISOString();
