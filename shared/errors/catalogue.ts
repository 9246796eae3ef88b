/** Who has to act on an error: the caller, us, or a service we depend on. */
export type Fault = 'caller' | 'system' | 'dependency';

/** What every face needs to know of an error code. `exit` is the CLI's exit code, `http` the API's status. */
export interface ErrorKind {
  readonly fault: Fault;
  readonly http: number;
  readonly exit: number;
  readonly retryable: boolean;
}

const caller = (http: number, exit: number): ErrorKind => ({ fault: 'caller', http, exit, retryable: false });
const dependency = (http: number, exit: number, retryable: boolean): ErrorKind => ({
  fault: 'dependency',
  http,
  exit,
  retryable,
});
const system = (retryable: boolean): ErrorKind => ({ fault: 'system', http: 500, exit: 1, retryable });

/**
 * The error registry: every coded error of Drover with its HTTP status, CLI exit code and retry rule.
 * A code is also the error's `name`, and so the name that Step Functions sees.
 */
export const errorCatalogue = {
  'usage.invalid': caller(400, 2),
  'request.invalid': caller(400, 2),
  'request.too-large': caller(413, 2),
  'request.misdirected': caller(421, 2),
  'route.not-found': caller(404, 5),
  'auth.required': caller(401, 4),
  'auth.forbidden': caller(403, 4),

  'job.syntax': caller(422, 2),
  'job.invalid': caller(422, 2),
  'job.not-found': caller(404, 5),
  'targets.not-found': caller(404, 5),
  'params.invalid': caller(422, 2),
  'argument.invalid': caller(422, 2),
  'command.syntax': caller(422, 2),
  'command.invalid': caller(422, 2),
  'command.not-found': caller(404, 5),
  'command.ambiguous': caller(422, 2),
  'precondition.failed': caller(412, 6),
  'schedule.invalid': caller(422, 2),
  'schedule.not-found': caller(404, 5),
  'schedule.unsupported': caller(422, 2),
  'scheduler.unavailable': dependency(503, 7, true),
  'expression.invalid': caller(422, 2),
  'expression.failed': caller(422, 2),
  'script.invalid': caller(422, 2),
  'script.too-large': caller(422, 2),
  'plan.limit-exceeded': caller(422, 2),
  'plan.no-targets': caller(422, 2),
  'plan.changed': caller(409, 6),
  'plan.no-runner': caller(422, 2),
  'import.invalid': caller(422, 2),
  'import.unsupported': caller(422, 2),
  'import.node-unmatched': caller(422, 2),
  'import.script-missing': caller(422, 2),

  'secret.not-found': caller(422, 5),
  'secret.forbidden': caller(422, 4),
  'secret.unavailable': dependency(503, 7, true),
  'secret.unsupported': caller(422, 2),
  'secret.invalid': caller(422, 2),

  'file.not-found': caller(422, 5),
  'file.wrong': caller(422, 1),
  'file.unsupported': caller(422, 2),

  'run.not-found': caller(404, 5),
  'run.conflict': caller(409, 6),
  'run.job-refused': caller(422, 2),
  'run.nothing-selected': caller(422, 2),
  'run.failed': caller(200, 1),
  'output.not-found': caller(404, 5),
  'output.damaged': caller(502, 1),
  'search.too-slow': caller(422, 2),
  'lock.held': caller(409, 6),
  'lock.not-found': caller(404, 5),
  'budget.not-found': caller(404, 5),
  'plan.budget-closed': caller(422, 6),
  'idempotency.mismatch': caller(422, 6),
  'idempotency.in-progress': { ...caller(409, 6), retryable: true },

  'wait.timed-out': caller(504, 124),
  'wait.interrupted': caller(499, 130),
  'service.unreachable': dependency(503, 7, true),
  'service.protocol': dependency(502, 1, false),
  'local.locked': caller(409, 6),
  'console.not-built': caller(404, 2),
  'console.unavailable': caller(422, 2),
  'fleet.invalid': caller(422, 2),

  'agent.throttled': dependency(503, 7, true),
  'agent.unavailable': dependency(503, 7, true),
  'agent.refused': dependency(502, 1, false),
  'agent.quota-exceeded': dependency(503, 7, false),
  'agent.unknown-placement': caller(422, 2),
  'inventory.unavailable': dependency(503, 7, true),
  'store.conflict': { fault: 'system', http: 409, exit: 6, retryable: true },
  'store.unavailable': dependency(503, 7, true),
  'blob.not-found': system(false),
  'engine.unavailable': dependency(503, 7, true),
  'engine.token-expired': system(false),

  'task.invalid-input': system(false),
  'task.invalid-output': system(false),
  'task.payload-too-large': system(false),
  'group.failed': caller(200, 1),
  'group.broken': system(false),
  'batch.broken': system(false),
  'record.missing': system(false),
  'config.invalid': caller(500, 2),
  'internal.bug': system(false),
} as const satisfies Record<string, ErrorKind>;

/** A code of the registry, `area.problem`. */
export type ErrorCode = keyof typeof errorCatalogue;

/** True for a string that is in the registry. */
export const isErrorCode = (value: string): value is ErrorCode => Object.hasOwn(errorCatalogue, value);
