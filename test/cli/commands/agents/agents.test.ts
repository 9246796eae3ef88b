import { describe, expect, test } from 'vitest';
import type { AgentCareView, AgentsView } from '#shared/contract/agent-views.ts';
import { nodeIdSchema } from '#shared/model/ids.ts';
import { cli, startOfTime } from '../../test-host.ts';

const ago = (seconds: number) => new Date(startOfTime - seconds * 1000).toISOString();
const id = (text: string) => nodeIdSchema.parse(text);
const view: AgentsView = {
  places: [
    {
      agent: 'aws',
      region: 'eu-west-1',
      ...{ online: 8, silent: 1, missing: 1, stopped: 0 },
      versions: [
        { version: '3.3', count: 6, outdated: 0 },
        { version: '3.1', count: 3, outdated: 3 },
      ],
    },
  ],
  lacking: [
    { agent: 'aws', region: 'eu-west-1', nodeId: id('i-2'), name: 'bare', state: 'missing' },
    { agent: 'aws', region: 'eu-west-1', nodeId: id('i-1'), name: 'quiet', state: 'silent', lastSeenAt: ago(3600) },
  ],
  omitted: 7,
  readAt: ago(12),
};

describe('drover agents status', () => {
  test('counts by place, names those that do not answer, and says how old that is', async () => {
    const { stdout, stderr } = await cli(['agents', 'status'], { services: { viewAgents: async () => view } });
    expect(stdout).toMatch(/aws +eu-west-1 +8 +1 +1 +3.3 × 6, 3.1 × 3 \(outdated\)/);
    expect(stdout).toMatch(/i-2 +bare +aws +eu-west-1 +missing\n/);
    expect(stdout).toMatch(/i-1 +quiet +aws +eu-west-1 +silent, last seen 1h00m ago\n/);
    expect(stdout).toContain('and 7 more: drover agents status --all');
    expect(stderr).toBe('as of 12 s ago\n');
  });

  test('asks for what the flags say', async () => {
    const asked: unknown[] = [];
    const services = {
      viewAgents: async (query: unknown) => {
        asked.push(query);
        return view;
      },
    };
    await cli(['agents', 'status', '--tag', 'app=shop', '--all', '--refresh', '-o', 'json'], { services });
    expect(asked).toEqual([{ where: expect.stringContaining('"shop"'), refresh: true, limit: 20_000 }]);
  });
});

describe('drover agents install', () => {
  const item = (nodeId: string, more: Partial<AgentCareView>): AgentCareView => ({
    agent: 'aws',
    region: 'eu-west-1',
    nodeId: id(nodeId),
    name: `web-${nodeId}`,
    action: 'none',
    says: 'is well',
    ...more,
  });

  test('goes through all pages, and says what is left to do', async () => {
    const asked: unknown[] = [];
    const services = {
      installAgents: async (request: { cursor?: string | undefined }) => {
        asked.push(request);
        return request.cursor === undefined
          ? { dryRun: false, readAt: ago(1), items: [item('1', { action: 'update', says: 'was sent' })], cursor: 'c' }
          : {
              dryRun: false,
              readAt: ago(1),
              items: [item('2', { action: 'manual', says: 'has none', advice: 'install it' })],
            };
      },
    };
    const { stdout, stderr, exitCode } = await cli(['agents', 'install', '--node', '1,2'], { services });
    expect(asked).toMatchObject([{ nodes: ['1', '2'], dryRun: false, reboot: false }, { cursor: 'c' }]);
    expect(stdout).toMatch(/1 +web-1 +aws +update +web-1 was sent/);
    expect(stdout).toContain('to do on web-2: install it');
    expect(stderr).toContain('drover agents status --refresh');
    expect(exitCode).toBe(8);
  });

  test('ends with 1 when a cloud refused, and with 0 when all is well', async () => {
    const answering = (items: readonly AgentCareView[]) => ({
      installAgents: async () => ({ dryRun: false, readAt: ago(1), items: [...items] }),
    });
    const refused = await cli(['agents', 'install'], { services: answering([item('1', { action: 'refused' })]) });
    const well = await cli(['agents', 'install'], { services: answering([item('1', {})]) });
    expect([refused.exitCode, well.exitCode]).toEqual([1, 0]);
  });

  test('refuses nodes and a condition together', async () => {
    const { exitCode, stderr } = await cli(['agents', 'install', '--node', 'a', '--tag', 'app=shop']);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('--node cannot be combined')]);
  });
});
