import type { Check } from '#shared/contract/meta-views.ts';
import { isAppError, toAppError } from '#shared/errors/app-error.ts';
import type { Connection } from '../connection.ts';
import { readNodeList } from '../inputs/node-list.ts';
import { clockCheck, inventoryChecks, runsCheck, schedulesCheck, versionCheck } from './checks.ts';

/** What an examination needs to know of this side. */
export interface Examiner {
  readonly version: string;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** A question that could not be answered is a problem of its own. */
const asked = async (check: string, ask: () => Promise<readonly Check[]>): Promise<readonly Check[]> => {
  try {
    return await ask();
  } catch (thrown) {
    const { code, message, hint } = toAppError(thrown);
    const advice = hint === undefined ? {} : { advice: hint };
    return [{ check, status: 'problem', says: `${code}: ${message}`, ...advice }];
  }
};

/** What the deployment says of itself; an older one cannot. */
const lookInside = async (client: Connection['client']): Promise<readonly Check[]> => {
  try {
    return (await client.examine()).checks;
  } catch (thrown) {
    if (!isAppError(thrown, 'route.not-found')) throw thrown;
    const advice = 'Deploy this version (npm run deploy): it looks at table, state machine, rules and rights itself.';
    return [{ check: 'deployment', status: 'warning', says: `It cannot look at itself: ${thrown.message}`, advice }];
  }
};

/**
 * Looks at a Drover through its API: whether it is reached and lets this caller in, clocks, versions, inventory and agents, runs, schedules.
 * What cannot be seen from here the deployment looks at itself.
 */
export const examine = async (connection: Connection, examiner: Examiner): Promise<readonly Check[]> => {
  const { client, baseUrl } = connection;
  const reached = await asked('server', async () => {
    const startedMs = examiner.now();
    const { version } = await client.version();
    const tookMs = examiner.now() - startedMs;
    const says = `${baseUrl} answers in ${tookMs} ms and lets this caller in`;
    return [{ check: 'server', status: 'ok', says }, versionCheck(examiner.version, version)];
  });
  if (reached.some(({ status }) => status === 'problem')) return reached;
  const rest = await Promise.all([
    asked('clock', async () => [clockCheck(await connection.serverTime(), examiner.now())]),
    asked('deployment', () => lookInside(client)),
    asked('nodes', async () => inventoryChecks(await readNodeList(client, { refresh: true }))),
    asked('runs', async () => [runsCheck((await client.listRuns({ limit: 100 })).items, examiner.now())]),
    asked('schedules', async () => [schedulesCheck((await client.listSchedules()).items)]),
  ]);
  return [...reached, ...rest.flat()];
};
