import { expect } from 'vitest';
import type { RunMap } from '#shared/contract/map-views.ts';
import type { RunId } from '#shared/model/ids.ts';
import { statusOfLetter } from '#shared/model/status-letters.ts';
import type { Rig } from '#test/kit/rig.ts';

/** What a map says, a line for each node in each phase. */
export const rowsOnMap = (map: RunMap): readonly string[] =>
  map.groups.flatMap((group) =>
    group.phases.flatMap((phase) => {
      const { nodeIds = [], names = [] } = phase.nodeIds === undefined ? group : phase;
      expect([nodeIds.length, names.length]).toEqual([phase.statuses.length, phase.statuses.length]);
      return [...phase.statuses].flatMap((letter, index) => {
        const status = statusOfLetter(letter);
        const round = phase.rounds === undefined ? '' : ` round ${phase.rounds[index]}`;
        const line = `${group.name} ${phase.name}${round} ${nodeIds[index]} ${names[index]} ${status}`;
        return status === undefined ? [] : [line];
      });
    }),
  );

const rowsInList = async (rig: Rig, runId: RunId, attempt: number | undefined, runners: ReadonlySet<string>) => {
  const of = attempt === undefined ? {} : { attempt };
  const { items, cursor } = await rig.services.listNodeRows(runId, { limit: 1000, ...of });
  expect(cursor).toBeUndefined();
  return items.map(({ group, phase, round, nodeId, name, status }) => {
    const where = runners.has(`${group} ${phase}`) ? ` round ${round}` : '';
    return `${group} ${phase}${where} ${nodeId} ${name} ${status}`;
  });
};

/** Expects of the map of a run, and of those of each of its attempts, that they say what the list of its nodes says. Returns what the map says. */
export const expectSameRows = async (rig: Rig, runId: RunId): Promise<readonly string[]> => {
  const { attempt: last } = await rig.services.viewRun(runId);
  const attempts = Array.from({ length: last }, (_, index) => index + 1);
  for (const attempt of [...attempts, undefined]) {
    const map = await rig.services.viewRunMap(runId, attempt === undefined ? {} : { attempt });
    const runners = map.groups.flatMap(({ name, phases }) =>
      phases.filter(({ on }) => on === 'runner').map((phase) => `${name} ${phase.name}`),
    );
    const listed = await rowsInList(rig, runId, attempt, new Set(runners));
    expect(rowsOnMap(map).toSorted()).toEqual(listed.toSorted());
  }
  return rowsOnMap(await rig.services.viewRunMap(runId));
};
