import type { RunPlan } from '#shared/plan/run-plan.ts';
import { plannedExitCode } from '../exit-codes.ts';
import type { PlanFlags } from '../inputs/plan-flags.ts';
import { readingText } from '../output/age-text.ts';
import { planText } from '../output/plan-text.ts';
import type { Session } from '../session.ts';

/** Prints a plan; answers the exit code. */
export const showPlan = (session: Session, plan: RunPlan, { show = [], detailedExitcode }: PlanFlags): number => {
  const details = { nodes: show.includes('nodes'), scripts: show.includes('scripts') };
  session.print(plan, () => planText(plan, session.style, details));
  if (plan.inventory !== undefined)
    session.say(`nodes ${readingText(plan.inventory, session.host.now(), session.style)}`);
  return detailedExitcode ? plannedExitCode(plan.totals) : 0;
};
