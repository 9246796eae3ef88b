import type { Amount, Group, Job, Phase, Targets } from '../model/job.ts';
import type { Finding, Path } from './finding.ts';

/** Phases of a oneShot group run together, as one stage; more of them do not fit one Map state's input. */
export const maxOneShotPhases = 40;

const isZero = (amount: Amount): boolean => amount === 0 || amount === '0%' || amount === '00%';

const checkWidth = (
  path: Path,
  level: Pick<Group | Phase, 'roundCount' | 'maxConcurrency'>,
  roundCountIsWidth: boolean,
): readonly Finding[] => {
  const findings: Finding[] = [];
  if (level.maxConcurrency !== undefined && isZero(level.maxConcurrency))
    findings.push({ path: [...path, 'maxConcurrency'], message: 'must let at least one node run' });
  if (roundCountIsWidth && level.maxConcurrency !== undefined && level.roundCount !== undefined)
    findings.push({
      path: [...path, 'roundCount'],
      message: 'roundCount and maxConcurrency both say how many nodes run at once; keep one',
    });
  return findings;
};

const percentOf = (amount: Amount): number | undefined =>
  typeof amount === 'string' ? Number(amount.slice(0, -1)) : undefined;

/** Why a round cannot end where it says, given where the rounds before it end. */
const roundProblem = (end: Amount, before: readonly Amount[]): string | undefined => {
  if (isZero(end)) return 'a round has at least one node';
  if (before.includes('100%')) return 'the round before it already takes all nodes';
  const percent = percentOf(end);
  const sameKind = before.filter((one) => (percentOf(one) === undefined) === (percent === undefined));
  const last = sameKind.at(-1);
  if (last === undefined) return undefined;
  const grows = percent === undefined ? Number(end) > Number(last) : percent > (percentOf(last) ?? 0);
  return grows ? undefined : `rounds say where each ends, so this must be more than ${last}`;
};

const checkRounds = (path: Path, rounds: readonly Amount[]): readonly Finding[] =>
  rounds.flatMap((end, index) => {
    const message = roundProblem(end, rounds.slice(0, index));
    return message === undefined ? [] : [{ path: [...path, 'rounds', index], message }];
  });

const checkOneShot = (path: Path, group: Group): readonly Finding[] => {
  const findings: Finding[] = [...checkWidth(path, group, true)];
  for (const key of ['rounds', 'soak', 'approval'] as const)
    if (group[key] !== undefined)
      findings.push({
        path: [...path, key],
        message: `a oneShot group has no rounds, so '${key}' means nothing`,
        suggestion: "Add 'strategy: grayScale'.",
        atKey: true,
      });
  if (group.phases.length > maxOneShotPhases)
    findings.push({
      path: [...path, 'phases'],
      message: `a oneShot group has at most ${maxOneShotPhases} phases, this one has ${group.phases.length}`,
      suggestion: 'Split it into groups, which run one after another.',
    });
  return findings;
};

const checkGrayScale = (path: Path, group: Group): readonly Finding[] => {
  const findings: Finding[] = [...checkWidth(path, group, false), ...checkRounds(path, group.rounds ?? [])];
  if (group.rounds !== undefined && group.roundCount !== undefined)
    findings.push({
      path: [...path, 'roundCount'],
      message: 'rounds and roundCount both say what the rounds are; keep one',
    });
  return findings;
};

const checkPhase = (path: Path, phase: Phase, { strategy }: Group): readonly Finding[] => {
  const findings: Finding[] = [...checkWidth(path, phase, true)];
  if (strategy === 'grayScale' && phase.roundCount !== undefined)
    findings.push({
      path: [...path, 'roundCount'],
      message: 'the rounds of a grayScale group are those of the group; a phase has none of its own',
      suggestion: 'Use maxConcurrency to limit how many nodes of a round run at once.',
      atKey: true,
    });
  if (phase.round !== undefined && (strategy !== 'grayScale' || phase.on !== 'runner'))
    findings.push({
      path: [...path, 'round'],
      message: "'round' is for runner phases (on: runner) of grayScale groups",
      suggestion: strategy === 'grayScale' ? "Add 'on: runner'." : 'Take it away: the group has no rounds.',
      atKey: true,
    });
  if (phase.judge !== undefined && (strategy !== 'grayScale' || phase.on !== 'runner'))
    findings.push({
      path: [...path, 'judge'],
      message: "'judge' is for runner phases (on: runner) of grayScale groups",
      atKey: true,
    });
  if (phase.on === 'target' && phase.runner !== undefined)
    findings.push({
      path: [...path, 'runner'],
      message: 'a target phase runs on its nodes, so its runner means nothing',
      suggestion: "Add 'on: runner' or 'on: runnerPerTarget'.",
      atKey: true,
    });
  return findings;
};

const missingTargets = (path: Path, targets: Targets | undefined): readonly Finding[] =>
  targets === undefined || targets.where !== undefined || targets.nodes !== undefined || targets.set !== undefined
    ? []
    : [{ path, message: "names no nodes: give 'where', 'nodes' or 'set'", suggestion: "All nodes: where: 'true'." }];

const doubleTargets = (path: Path, targets: Targets | undefined): readonly Finding[] =>
  targets?.set === undefined || targets.nodes === undefined
    ? []
    : [
        {
          path: [...path, 'nodes'],
          message: 'stands beside a target set, which says itself which nodes',
          suggestion: "Narrow a set with 'where' or 'exclude'.",
          atKey: true,
        },
      ];

const checkTargets = (path: Path, targets: Targets | undefined): readonly Finding[] => [
  ...missingTargets(path, targets),
  ...doubleTargets(path, targets),
];

const checkGroup = (path: Path, group: Group): readonly Finding[] => [
  ...(group.strategy === 'oneShot' ? checkOneShot(path, group) : checkGrayScale(path, group)),
  ...checkTargets([...path, 'targets'], group.targets),
  ...group.phases.flatMap((phase, index) => checkPhase([...path, 'phases', index], phase, group)),
];

/** Rounds, widths, targets and runner phases: what the schema cannot say because it depends on the strategy. */
export const checkGroups = (job: Job): readonly Finding[] => [
  ...checkTargets(['spec', 'targets'], job.spec.targets),
  ...job.spec.groups.flatMap((group, index) => checkGroup(['spec', 'groups', index], group)),
];
