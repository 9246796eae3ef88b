import type { InventoryAges } from '../config/inventory.ts';
import type { RunId } from '../model/ids.ts';
import type { InventoryNode } from '../model/node.ts';

/** How old a reading of the clouds may be. */
export interface InventoryWish {
  /** Seconds since the clouds were read; 0: they are read for this call. */
  readonly maxAgeSeconds: number;
  /** True: where the clouds cannot be read, the latest reading does, with what went wrong. For looking only, never for a run. */
  readonly orOlder?: boolean;
}

/** All nodes that the clouds knew of when they were read, with what was known of their agents. */
export interface InventoryReading {
  /** Names the reading: 64 hexadecimal digits. */
  readonly id: string;
  /** Every node, by id. */
  readonly nodes: readonly InventoryNode[];
  /** When the clouds were read, RFC 3339 UTC. */
  readonly readAt: string;
  /** True when the clouds were read for this call, so that asking once more finds nothing else. */
  readonly fresh: boolean;
  /** Why the clouds could not be read now; only where an older reading does. */
  readonly problem?: string;
}

/** The nodes that the clouds know of. A reading is kept and shared, so each caller says what age it bears. */
export interface Inventory {
  /** What the callers of this deployment bear. */
  readonly ages: InventoryAges;
  /**
   * A reading that is not older than asked for.
   * @throws AppError `inventory.unavailable` when a cloud does not answer.
   */
  list(wish: InventoryWish): Promise<InventoryReading>;
  /** A reading by its id, for the next page of a list; undefined once it is kept no longer. */
  again(id: string): Promise<InventoryReading | undefined>;
}

/** What uploads are to be let in. */
export interface UploadGrant {
  /** Start of the keys, such as `output/<run>/<fence>/`: everything below it may be written, nothing may be read. */
  readonly prefix: string;
  /** From when it holds, RFC 3339. The same grant gives the same form while the credentials of the store are the same. */
  readonly since: string;
  /** Seconds from then; at most 7 days. It ends sooner when the credentials that sign it do. */
  readonly expiresSeconds: number;
  /** Bytes of one blob. */
  readonly maxBytes: number;
}

/**
 * A form by which somebody without credentials stores blobs: POST of multipart/form-data to `url` with the field `key` (which begins with
 * `keyPrefix`), the field `policy` (the policy in base64), all of `fields`, and last the field `file`. As S3 takes it (API reference, "Browser-
 * based uploads using POST"). Whoever has it can write below its prefix until it expires, so it belongs in no log.
 */
export interface UploadForm {
  readonly url: string;
  readonly policy: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly keyPrefix: string;
}

/** A part of a blob, as a stream of chunks. */
export interface BlobPart {
  /** Size of the whole blob. */
  readonly totalBytes: number;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** What an address for reading says of the blob that it leads to. */
export interface ReadGrant {
  readonly expiresSeconds: number;
  /** True when the blob is compressed and the answer is to say so (Content-Encoding), so that clients get the bytes as they were. */
  readonly gzip: boolean;
  /** Name under which browsers save it. */
  readonly fileName: string;
}

/** Blobs: immutable byte strings by key (`jobs/<sha256>.json`). */
export interface Blobs {
  /** Stores; the same key always gets the same bytes, so repeating is harmless. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** @throws AppError `blob.not-found` */
  get(key: string): Promise<Uint8Array>;
  /**
   * The blob from a byte on, or `length` bytes of it. A start at or after its end gives no bytes.
   * @throws AppError `blob.not-found`
   */
  read(key: string, range?: { readonly start: number; readonly length?: number }): Promise<BlobPart>;
  /** Removes a blob; one that is not there is no error. For what must not be kept; everything else ends by its age. */
  remove(key: string): Promise<void>;
  /** Removes every blob whose key begins with a prefix that ends with a slash; none is no error. */
  removeBelow(prefix: string): Promise<void>;
  /** Bytes of a blob; undefined when it is not there. */
  size(key: string): Promise<number | undefined>;
  /** Lets others store blobs below a prefix, without credentials; undefined where nobody could reach this store. */
  allowUploads(grant: UploadGrant): Promise<UploadForm | undefined>;
  /** Address under which whoever has it can read a blob; undefined where nobody could reach this store. */
  addressOf(key: string, grant: ReadGrant): Promise<string | undefined>;
}

/** How the execution of an attempt stands. `absent`: there never was one, or its record has been deleted. */
export type ExecutionState =
  | { readonly state: 'running' | 'absent' }
  | {
      readonly state: 'ended';
      /** What ended it, as the state machine would say it: empty when it came to its end. */
      readonly error: { readonly Error: string; readonly Cause?: string | undefined };
    };

/** The state machine's engine. */
export interface Engine {
  /** Starts the execution of one attempt of a run. Idempotent by run and attempt. */
  start(runId: RunId, attempt: number): Promise<void>;
  /** Asks how the execution of one attempt of a run stands. */
  look(runId: RunId, attempt: number): Promise<ExecutionState>;
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

/** Something that is counted or timed. */
export interface Metric {
  readonly name:
    | 'RunsEnded'
    | 'RunsSettled'
    | 'RunsResumed'
    | 'RunsOpen'
    | 'BudgetStops'
    | 'BatchesBroken'
    | 'AgentThrottles'
    | 'DispatchLag'
    | 'TasksFailed';
  readonly unit: 'Count' | 'Milliseconds';
  readonly value: number;
  /** By what it can be told apart; few values each, never ids. */
  readonly dimensions: Readonly<Record<string, string>>;
}

/** Numbers to watch over a deployment by. */
export interface Metrics {
  /** Adds one value. Never throws, never waits. */
  put(metric: Metric): void;
}

/** RFC 3339 UTC of a clock's now. */
export const nowIso = (clock: Clock): string => new Date(clock.now()).toISOString();
