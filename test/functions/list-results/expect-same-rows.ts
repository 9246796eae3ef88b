import { expect } from 'vitest';
import type { RunId } from '#shared/model/ids.ts';
import { rowsAsOnMap, rowsOnMap } from '#test/kit/map-rows.ts';
import type { Rig } from '#test/kit/rig.ts';

/** Expects of the map of a run, and of those of each of its attempts, that they say what the list of its nodes says. Returns what the map says. */
export const expectSameRows = async (rig: Rig, runId: RunId): Promise<readonly string[]> => {
  const { attempt: last } = await rig.services.viewRun(runId);
  const attempts = Array.from({ length: last }, (_, index) => index + 1);
  for (const attempt of [...attempts, undefined]) {
    const of = attempt === undefined ? {} : { attempt };
    const map = await rig.services.viewRunMap(runId, of);
    const { items, cursor } = await rig.services.listNodeRows(runId, { limit: 1000, ...of });
    expect(cursor).toBeUndefined();
    expect(rowsOnMap(map).toSorted()).toEqual(rowsAsOnMap(map, items).toSorted());
  }
  return rowsOnMap(await rig.services.viewRunMap(runId));
};
