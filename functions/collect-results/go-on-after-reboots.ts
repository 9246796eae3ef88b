import { isAppError } from '#shared/errors/app-error.ts';
import type { AgentInvocation, InstanceReport } from '#shared/ports/agent.ts';
import type { Clock } from '#shared/ports/services.ts';
import type { LedgerStore } from '#shared/ports/store.ts';
import { afterReboots } from './after-reboots.ts';
import { fenceOfLook, isAborting, type Look } from './look.ts';

/** What going on needs. */
export interface GoOnDeps {
  readonly store: Pick<LedgerStore, 'updateInvocation'>;
  readonly clock: Clock;
}

/**
 * How the instances of an invocation stand whose script may have them rebooted: one report each. Sends to those that were rebooted what they
 * are to go on with, unless the run is being aborted, or their agent does so by itself.
 */
export const goOnAfterReboots = async (
  deps: GoOnDeps,
  look: Look,
  target: AgentInvocation,
  reports: readonly InstanceReport[],
): Promise<readonly InstanceReport[]> => {
  const { standing, gone } = afterReboots(reports, {
    fence: fenceOfLook(look),
    comesBack: look.agent.sendAgain === undefined,
    nowMs: deps.clock.now(),
  });
  if (gone.length > 0 && !isAborting(look)) await goOn(deps, look, { ...target, instanceIds: gone });
  return standing;
};

/** When the agent refuses, the next look tries again, until the deadline. */
const goOn = async (deps: GoOnDeps, look: Look, target: AgentInvocation): Promise<void> => {
  try {
    const receipt = await look.agent.sendAgain?.(target);
    if (receipt?.agentInvocationId === undefined) return;
    await deps.store.updateInvocation(look.run.runId, look.invocation.invocationId, {
      agentInvocationId: receipt.agentInvocationId,
    });
  } catch (error) {
    if (!isAppError(error, 'agent.refused') && !isAppError(error, 'agent.quota-exceeded')) throw error;
  }
};
