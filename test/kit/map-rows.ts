import type { RunMap } from '#shared/contract/map-views.ts';
import type { NodeRow } from '#shared/contract/run-views.ts';
import { statusOfLetter } from '#shared/model/status-letters.ts';

/** What a map says, a line for each node in each phase; runners also with the round that they serve. */
export const rowsOnMap = (map: RunMap): readonly string[] =>
  map.groups.flatMap((group) =>
    group.phases.flatMap((phase) => {
      const { nodeIds = [], names = [] } = phase.nodeIds === undefined ? group : phase;
      const [letters, ids] = [phase.statuses.length, nodeIds.length];
      if (letters !== ids || names.length !== ids)
        throw new Error(`Phase ${phase.name} has ${letters} letters for ${ids} nodes with ${names.length} names`);
      return [...phase.statuses].flatMap((letter, index) => {
        const status = statusOfLetter(letter);
        const round = phase.rounds === undefined ? '' : ` round ${phase.rounds[index]}`;
        const line = `${group.name} ${phase.name}${round} ${nodeIds[index]} ${names[index]} ${status}`;
        return status === undefined ? [] : [line];
      });
    }),
  );

/** What a list of nodes says, as {@link rowsOnMap} says it. */
export const rowsAsOnMap = (map: RunMap, rows: readonly NodeRow[]): readonly string[] => {
  const runners = new Set(
    map.groups.flatMap((group) =>
      group.phases.flatMap((phase) => (phase.on === 'runner' ? [`${group.name} ${phase.name}`] : [])),
    ),
  );
  return rows.map(({ group, phase, round, nodeId, name, status }) => {
    const where = runners.has(`${group} ${phase}`) ? ` round ${round}` : '';
    return `${group} ${phase}${where} ${nodeId} ${name} ${status}`;
  });
};
