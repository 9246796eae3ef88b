import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { System } from '#functions/runtime/system.ts';
import type { LocalEngine } from '#local/engine/local-engine.ts';
import { runRequestSchema } from '#shared/contract/requests.ts';
import type { RunView } from '#shared/contract/run-views.ts';
import { isAppError } from '#shared/errors/app-error.ts';
import type { RunId } from '#shared/model/ids.ts';
import { isTerminalRunStatus } from '#shared/model/status.ts';
import type { FaultJob, Operator } from './fault-job.ts';
import type { Incarnation } from './incarnation.ts';
import { type Notebook, readNotes } from './node-notes.ts';

/** Drover as long as it lives. */
export interface Life {
  readonly incarnation: Incarnation;
  readonly engine: LocalEngine;
  readonly services: System['services'];
  /** Lets go of its connections. */
  readonly bury: () => void;
}

/** What the operator needs. */
export interface OperatorDeps {
  readonly notes: Notebook;
  /** For looking; never goes wrong. */
  readonly reader: System['services'];
  readonly current: () => Promise<Life>;
  /** True when there is nothing more to hope for. */
  readonly isHopeless: () => boolean;
}

const pollMs = 50;
/** A run whose engine has been at work for so long is looked at all the same. */
const restMs = 1000;

/** What came of a request: its answer, a refusal, or nothing that tells. */
type Answer<T> =
  | { readonly kind: 'answered'; readonly value: T }
  | { readonly kind: 'refused'; readonly error: Error }
  | { readonly kind: 'unknown' };

const tell = async <T>(life: Life, request: (services: System['services']) => Promise<T>): Promise<Answer<T>> => {
  const asked = request(life.services).then(
    (value): Answer<T> => ({ kind: 'answered', value }),
    (error: unknown): Answer<T> => {
      if (isAppError(error) && error.kind.retryable) return { kind: 'unknown' };
      return { kind: 'refused', error: error instanceof Error ? error : new Error(String(error)) };
    },
  );
  return Promise.race([asked, life.incarnation.died.then((): Answer<T> => ({ kind: 'unknown' }))]);
};

/** An operator who gives up only when nothing happens any more, and whose run has a key, so that asking again starts nothing twice. */
export const createOperator = ({ notes, reader, current, isHopeless }: OperatorDeps) => {
  let runId: RunId | undefined;
  const gates = new Set<string>();
  const tracked: Notebook = {
    file: notes.file,
    gate: (name) => {
      gates.add(name);
      return notes.gate(name);
    },
  };
  const inTime = (what: string): void => {
    if (isHopeless()) throw new Error(`Waited in vain until ${what}`);
  };
  const known = (): RunId => {
    if (runId === undefined) throw new Error('The run was not submitted');
    return runId;
  };
  const look = (): Promise<RunView> => reader.viewRun(known());
  /** Asks until there is an answer or a refusal. */
  const insist = async <T>(what: string, request: (services: System['services']) => Promise<T>): Promise<Answer<T>> => {
    for (;;) {
      inTime(what);
      const answer = await tell(await current(), request);
      if (answer.kind !== 'unknown') return answer;
      await setTimeout(pollMs);
    }
  };
  const submit = async ({ job, only = {} }: FaultJob): Promise<void> => {
    const request = runRequestSchema.parse({ job: job(tracked), only });
    const submission = { request, actor: 'operator', idempotencyKey: 'ticket' };
    const answer = await insist('the run is submitted', (services) => services.submitRun(submission));
    if (answer.kind !== 'answered')
      throw new Error(`The run was refused: ${String(answer.kind === 'refused' && answer.error.message)}`);
    runId = answer.value.runId;
  };
  const ask: Operator['ask'] = async (request, isSo) => {
    const answer = await insist('a request is answered', (services) => request(services, known()));
    const view = await look();
    if (!isSo(view))
      throw new Error(`It is not as asked: ${answer.kind === 'refused' ? answer.error.message : view.status}`);
  };
  const waitFor = async (what: string, isSo: () => Promise<boolean>): Promise<void> => {
    while (!(await isSo())) {
      if (isHopeless())
        throw new Error(`Waited in vain until ${what}: the run is ${JSON.stringify(standing(await look()))}`);
      await setTimeout(pollMs);
    }
  };
  const atRest = async (): Promise<boolean> => {
    const life = await current();
    await Promise.race([life.engine.idle(), life.incarnation.died, setTimeout(restMs, undefined, { ref: false })]);
    return isTerminalRunStatus((await look()).status);
  };
  const operator: Operator = {
    notes: tracked,
    look,
    open: (gate) => {
      if (!existsSync(notes.gate(gate))) writeFileSync(notes.gate(gate), '');
    },
    ask,
    until: (what, isSo) => waitFor(what, async () => isSo(await look())),
    untilNoted: (what, isSo) => waitFor(what, async () => isSo(readNotes(notes))),
    ended: () => waitFor('the run is over', atRest),
  };
  return { ...operator, submit, runId: () => runId, gates };
};

/** What a person needs to see why a run does not go on. */
const standing = ({ status, control, attempts, groups }: RunView): unknown => ({
  status,
  control,
  attempts: attempts.length,
  phases: groups.flatMap((group) =>
    group.phases.map((phase) => `${phase.name} ${phase.status} ${JSON.stringify(phase.counts)}`),
  ),
});
