import { changeRun, requireRun } from '#functions/records/change-run.ts';
import type { JsonBlobs } from '#functions/records/json-blob.ts';
import type { ContinueRequest } from '#shared/contract/requests.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { RunId } from '#shared/model/ids.ts';
import { isTerminalRunStatus } from '#shared/model/status.ts';
import { checkSelection } from '#shared/plan/selection.ts';
import { type Clock, type Engine, type Log, nowIso } from '#shared/ports/services.ts';
import type { RunStore } from '#shared/ports/store.ts';

/** What continuing a run needs. */
export interface ContinueRunDeps extends SettleMarksDeps {
  readonly store: Pick<RunStore, 'get' | 'replace'> & SettleMarksDeps['store'];
  readonly engine: Pick<Engine, 'start'>;
  readonly log: Log;
}

/**
 * Adds an attempt to a run that is at its end: what is left, each node from its own next operation, with the same job and parameters; or
 * everything again with `force`.
 * @throws AppError `run.not-found`, `run.conflict` when the run is under way or has nothing left, `request.invalid`
 */
export const continueRun =
  (deps: ContinueRunDeps) =>
  async (runId: RunId, request: ContinueRequest, actor: string): Promise<void> => {
    const before = await requireRun(deps.store, runId);
    checkSelection(await deps.json.job(before), request.only);
    // An earlier request may have died between adding an attempt and starting it; starting is idempotent.
    if (before.status === 'queued') await deps.engine.start(runId, before.attempts.length);
    const run = await changeRun(deps.store, runId, (one) => {
      if (!isTerminalRunStatus(one.status))
        throw new AppError('run.conflict', `Run ${runId} is ${one.status}: only a run at its end can be continued`, {
          hint:
            one.status === 'paused'
              ? `Resume it with: drover run resume ${runId}`
              : `Follow it with: drover run watch ${runId}`,
        });
      if (request.mode === 'continue' && (one.status === 'succeeded' || one.status === 'completed'))
        throw new AppError('run.conflict', `Run ${runId} has ${one.status}: nothing is left to do`, {
          hint: `Run everything again with: drover run continue ${runId} --force`,
        });
      const at = nowIso(deps.clock);
      const { endedAt: _ended, reason: _reason, holdToken: _token, ...kept } = one;
      const attempt = {
        attempt: one.attempts.length + 1,
        selection: { mode: request.mode, ...request.only },
        status: 'queued',
        actor,
        createdAt: at,
      } as const;
      return { ...kept, status: 'queued', control: 'go', attempts: [...one.attempts, attempt] };
    });
    await deps.engine.start(runId, run.attempts.length);
    deps.log.info('run.continued', { runId, attempt: run.attempts.length, mode: request.mode, actor });
  };
