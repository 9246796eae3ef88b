import { type ErrorCode, type ErrorKind, errorCatalogue } from './catalogue.ts';

/** One place that is wrong, inside a bigger input. `path` is a JSON Pointer or a dotted path; line and column count from 1. */
export interface ErrorPlace {
  readonly message: string;
  readonly path?: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly suggestion?: string;
}

/** What an AppError carries beside its code and message. */
export interface AppErrorOptions {
  /** What the user can do next, as a sentence. */
  readonly hint?: string;
  /** Each wrong place, when there can be several. */
  readonly places?: readonly ErrorPlace[];
  /** For throttling: how long to wait before the next try, in milliseconds. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/**
 * The only exception that Drover throws by itself: the orchestrator could not do its work, or was asked for something it must refuse.
 * A command that failed on a node is never one of these; that is an Outcome.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly places: readonly ErrorPlace[];
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = code;
    this.code = code;
    this.hint = options.hint;
    this.places = options.places ?? [];
    this.retryAfterMs = options.retryAfterMs;
  }

  /** Fault, HTTP status, exit code and retry rule of this error's code. */
  get kind(): ErrorKind {
    return errorCatalogue[this.code];
  }
}

/** True for an AppError; with a prefix, only for codes that start with it (`isAppError(e, 'agent.')`). */
export const isAppError = (error: unknown, prefix = ''): error is AppError =>
  error instanceof AppError && error.code.startsWith(prefix);

/** The sentence of any thrown value. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Any thrown value as an AppError: itself, or a bug report that keeps it as the cause. */
export const toAppError = (error: unknown): AppError =>
  error instanceof AppError
    ? error
    : new AppError('internal.bug', messageOf(error), {
        cause: error,
        hint: 'This is a defect of Drover. Please report it with the request id and the command you ran.',
      });
