import { aggregateValues, type NodeValue } from '#shared/built-in/aggregate.ts';
import { extractFrom } from '#shared/built-in/extract.ts';
import { listOf } from '#shared/built-in/list-of.ts';
import { inMaintenanceWindow } from '#shared/built-in/maintenance-window.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { parseCondition } from '#shared/expression/condition.ts';
import type { Scope } from '#shared/expression/scope.ts';
import { parseTemplate, renderTemplate } from '#shared/expression/template.ts';
import { parseDurationMs } from '#shared/model/duration.ts';
import { actionOf, type HttpCheck, type MaintenanceWindow, maxTurns, type Operation } from '#shared/model/operation.ts';
import { bareOutcome, type Outcome } from '#shared/model/outcome.ts';
import type { HttpRequest } from '#shared/ports/services.ts';

/** What operations that Drover does itself look at beside their node's scope. */
export interface BuiltInInput {
  readonly nowMs: number;
  /** What an `aggregate` gathers; empty for all others. */
  readonly gathered: readonly NodeValue[];
}

/** An outcome at once, a time until which the node waits, a question to people, or a request to make. */
export type BuiltInStep =
  | { readonly kind: 'settle'; readonly outcome: Outcome }
  | { readonly kind: 'wait'; readonly untilMs: number }
  | { readonly kind: 'ask'; readonly message: string }
  | { readonly kind: 'request'; readonly request: HttpRequest };

/**
 * What an operation that is no script does on one node.
 * @throws AppError `expression.failed` where one of its values cannot be made
 */
export const builtInStep = (operation: Operation, scope: Scope, input: BuiltInInput): BuiltInStep => {
  if (operation.wait !== undefined) return { kind: 'wait', untilMs: input.nowMs + parseDurationMs(operation.wait) };
  if (operation.maintenanceWindow !== undefined)
    return windowStep(operation.maintenanceWindow, input.nowMs, parseDurationMs(operation.timeout));
  const question = operation.waitInput ?? operation.approve;
  if (question !== undefined)
    return { kind: 'ask', message: renderTemplate(parseTemplate(question.message), scope).slice(0, 4096) };
  if (operation.httpCheck !== undefined)
    return { kind: 'request', request: requestOf(operation.httpCheck, parseDurationMs(operation.timeout), scope) };
  return { kind: 'settle', outcome: outcomeOf(operation, scope, input) };
};

/** Longest that a function waits for an answer: its own time is limited too. */
const longestRequestMs = 30_000;

const requestOf = ({ url, method, headers }: HttpCheck, timeoutMs: number, scope: Scope): HttpRequest => {
  const render = (text: string): string => renderTemplate(parseTemplate(text), scope);
  return {
    url: render(url),
    method,
    headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, render(text)])),
    timeoutMs: Math.min(longestRequestMs, timeoutMs),
  };
};

const outcomeOf = (operation: Operation, scope: Scope, { nowMs, gathered }: BuiltInInput): Outcome => {
  const render = (text = ''): string => renderTemplate(parseTemplate(text), scope);
  switch (actionOf(operation)) {
    case 'echo':
      return done(nowMs, `${render(operation.echo)}\n`);
    case 'setEnv':
      return setEnv(operation.setEnv ?? {}, render, nowMs);
    case 'fail':
      return failed(nowMs, render(operation.fail));
    case 'if':
      return decided(operation.if ?? '', scope, nowMs);
    case 'forEach':
      return listed(operation, render, nowMs);
    case 'extract':
      return took(operation.extract && extractFrom(render(operation.extract.from), operation.extract), nowMs);
    case 'aggregate':
      return took(operation.aggregate && aggregateValues(operation.aggregate, gathered), nowMs);
    default:
      throw new AppError('internal.bug', `Operation ${operation.id} is not one that Drover does itself`);
  }
};

const at = (nowMs: number) => ({ startedAt: new Date(nowMs).toISOString(), durationMs: 0 });

const done = (nowMs: number, stdout: string, outputs: Readonly<Record<string, string>> = {}): Outcome => ({
  ...bareOutcome('succeeded', null),
  ...at(nowMs),
  stdout,
  stdoutBytes: new TextEncoder().encode(stdout).length,
  outputs: { ...outputs },
});

const failed = (nowMs: number, reason: string): Outcome => ({
  ...bareOutcome('failed', reason.slice(0, 1024)),
  ...at(nowMs),
});

const setEnv = (
  variables: Readonly<Record<string, string>>,
  render: (text: string) => string,
  nowMs: number,
): Outcome => {
  const values = Object.fromEntries(Object.entries(variables).map(([name, text]) => [name, render(text)]));
  const lines = Object.entries(values).map(([name, value]) => `${name}=${value}\n`);
  return done(nowMs, lines.join(''), values);
};

const decided = (condition: string, scope: Scope, nowMs: number): Outcome => {
  const result = String(parseCondition(condition).evaluate(scope));
  return done(nowMs, `${condition.trim()} is ${result}\n`, { result });
};

const listed = ({ id, forEach, limit }: Operation, render: (text: string) => string, nowMs: number): Outcome => {
  const items = Array.isArray(forEach) ? forEach : listOf(render(forEach ?? ''));
  const most = limit ?? maxTurns;
  if (items.length > most)
    return failed(
      nowMs,
      `The list of '${id}' has ${items.length} items; at most ${most} are gone through: set its limit.`,
    );
  return done(nowMs, `${items.length} items\n`, { items: JSON.stringify(items), count: String(items.length) });
};

const took = (result: { readonly value: string } | { readonly reason: string } | undefined, nowMs: number): Outcome => {
  if (result === undefined || 'reason' in result) return failed(nowMs, result?.reason ?? 'Nothing was taken.');
  return done(nowMs, `${result.value}\n`, { result: result.value });
};

const windowStep = (window: MaintenanceWindow, nowMs: number, patienceMs: number): BuiltInStep => {
  const verdict = inMaintenanceWindow(window, nowMs);
  if (verdict.inside) return { kind: 'settle', outcome: done(nowMs, 'The maintenance window is open.\n') };
  const { nextMs } = verdict;
  if (window.outside === 'wait' && nextMs !== undefined && nextMs <= nowMs + patienceMs)
    return { kind: 'wait', untilMs: nextMs };
  const next =
    nextMs === undefined ? 'and none opens within 400 days' : `the next one opens at ${new Date(nextMs).toISOString()}`;
  return { kind: 'settle', outcome: failed(nowMs, `It is outside the maintenance windows; ${next}.`) };
};
