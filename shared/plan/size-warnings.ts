import { scriptBytes } from '../library/script-bytes.ts';
import type { Group, Phase } from '../model/job.ts';
import type { AgentKind, Os } from '../model/node.ts';
import type { Operation } from '../model/operation.ts';
import type { FrozenTargets } from '../model/run.ts';
import { runsOn, shellOf } from '../script/interpreters.ts';
import type { PlanWarning } from './run-plan.ts';
import { needsRunner } from './runners.ts';
import { type Narrowed, selectsPhase } from './selection.ts';

/** What script sizes are held against. */
export interface SizeQuestion {
  readonly group: Group;
  readonly targets: FrozenTargets;
  readonly selection: Narrowed;
  /** Bytes that an agent takes. */
  readonly scriptLimitOf: (agent: AgentKind) => number;
}

interface Sent {
  readonly agent: AgentKind;
  readonly os: Os;
  readonly nodeIds: PlanWarning['nodeIds'];
}

/** Who a phase is sent to, by agent and system; a runner stands for itself. */
const sentTo = (phase: Phase, phaseIndex: number, { nodes, runners }: FrozenTargets): readonly Sent[] => {
  const runner = runners[String(phaseIndex)];
  const found = needsRunner(phase) ? (runner === undefined ? [] : [runner]) : nodes;
  return [...Map.groupBy(found, ({ node }) => `${node.agent} ${node.os}`).values()].flatMap((its) =>
    its.slice(0, 1).map(({ node: { agent, os } }) => ({ agent, os, nodeIds: its.map(({ node }) => node.id) })),
  );
};

/** Undefined for what is not sent to such nodes. */
const sizeOf = ({ run, interpreter, env, command, runAs, workingDirectory }: Operation, os: Os): number | undefined =>
  run === undefined || !runsOn(interpreter, os)
    ? undefined
    : scriptBytes({
        run,
        interpreter,
        env,
        libraries: command?.libraries ?? [],
        runAs,
        workingDirectory,
        shell: shellOf(os),
      });

/** ` (libraries: lib/net 12000)`: what makes it large. */
const partsOf = ({ command }: Operation): string => {
  const parts = (command?.libraries ?? []).map(({ name, text }) => `${name} ${text.length}`);
  return parts.length === 0 ? '' : ` (libraries: ${parts.join(', ')})`;
};

/** Scripts that are larger than an agent takes, values of the run not counted: they will fail on its nodes. */
export const sizeWarnings = ({ group, targets, selection, scriptLimitOf }: SizeQuestion): readonly PlanWarning[] =>
  group.phases.flatMap((phase, phaseIndex) =>
    selectsPhase(selection, phase)
      ? phase.operations.flatMap((operation) => {
          return sentTo(phase, phaseIndex, targets).flatMap(({ agent, os, nodeIds }): readonly PlanWarning[] => {
            const bytes = sizeOf(operation, os);
            const limit = scriptLimitOf(agent);
            if (bytes === undefined || bytes <= limit) return [];
            const message = `Operation '${operation.id}' makes at least ${bytes} bytes${partsOf(operation)}, and ${agent} takes ${limit}: it will fail there.`;
            return [{ kind: 'tooLarge', group: group.name, message, nodeIds: [...nodeIds] }];
          });
        })
      : [],
  );
