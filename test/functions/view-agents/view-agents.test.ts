import { describe, expect, it } from 'vitest';
import { viewAgents } from '#functions/view-agents/view-agents.ts';
import { agentsQuerySchema, agentsViewSchema } from '#shared/contract/agent-views.ts';
import { emptyLibrary } from '#test/kit/empty-library.ts';
import { fixedInventory, fixedReadAt } from '#test/kit/fixed-inventory.ts';
import { host } from '#test/kit/rig.ts';

const missing = { online: false, agentMissing: true } as const;
const fleet = [
  host('i-1', { agentVersion: '3.3', agentOutdated: false }),
  host('i-2', { agentVersion: '3.1', agentOutdated: true }),
  host('i-3', { agentVersion: '3.1', agentOutdated: true, online: false, lastSeenAt: '2026-01-01T00:00:00.000Z' }),
  host('i-4', missing),
  host('i-5', { agent: 'aliyun', region: 'cn-hangzhou', account: '1234', agentVersion: '2.2' }),
  host('i-6', { agent: 'aliyun', region: 'cn-hangzhou', ...missing, stopped: true }),
];
const view = (query: object = {}) =>
  viewAgents({ ...emptyLibrary(), inventory: fixedInventory(() => fleet) })(agentsQuerySchema.parse(query));

describe('the state of agents', () => {
  it('is counted by cloud, account and region, with versions where they are known', async () => {
    const answer = await view();
    expect(agentsViewSchema.parse(answer)).toEqual(answer);
    expect(answer.readAt).toBe(fixedReadAt);
    expect(answer.places).toEqual([
      { agent: 'aliyun', region: 'cn-hangzhou', online: 0, silent: 0, missing: 1, stopped: 1, versions: [] },
      {
        agent: 'aliyun',
        account: '1234',
        region: 'cn-hangzhou',
        ...{ online: 1, silent: 0, missing: 0, stopped: 0 },
        versions: [{ version: '2.2', count: 1 }],
      },
      {
        agent: 'aws',
        region: 'eu-west-1',
        ...{ online: 2, silent: 1, missing: 1, stopped: 0 },
        versions: [
          { version: '3.1', count: 2, outdated: 2 },
          { version: '3.3', count: 1, outdated: 0 },
        ],
      },
    ]);
  });

  it('names those that do not answer, the missing first, up to a number', async () => {
    const { lacking, omitted } = await view({ limit: '2' });
    expect([lacking.map(({ nodeId, state }) => `${nodeId} ${state}`), omitted]).toEqual([
      ['i-4 missing', 'i-6 missing'],
      1,
    ]);
    expect((await view({ limit: '9' })).lacking.at(-1)).toEqual({
      agent: 'aws',
      region: 'eu-west-1',
      nodeId: 'i-3',
      name: expect.any(String),
      state: 'silent',
      version: '3.1',
      lastSeenAt: '2026-01-01T00:00:00.000Z',
    });
  });

  it('is that of the nodes that fulfil a condition', async () => {
    const { places, lacking } = await view({ where: 'node.agent == "aliyun"' });
    expect([places.length, lacking.length]).toEqual([2, 1]);
    await expect(view({ where: 'node.' })).rejects.toMatchObject({ code: 'expression.invalid' });
  });
});
