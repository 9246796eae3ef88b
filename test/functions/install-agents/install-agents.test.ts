import { describe, expect, it } from 'vitest';
import { installAgents } from '#functions/install-agents/install-agents.ts';
import { installAgentsRequestSchema } from '#shared/contract/agent-views.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { InventoryNode } from '#shared/model/node.ts';
import type { Log } from '#shared/ports/services.ts';
import { emptyLibrary } from '#test/kit/empty-library.ts';
import { fixedInventory } from '#test/kit/fixed-inventory.ts';
import { host } from '#test/kit/rig.ts';
import { createScriptedCare } from '#test/kit/scripted-care.ts';

const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const aliyun = { agent: 'aliyun', region: 'cn-hangzhou' } as const;
const missing = { online: false, agentMissing: true } as const;

const fleet: readonly InventoryNode[] = [
  host('a-well', { ...aliyun, agentVersion: '2.2' }),
  host('b-bare', { ...aliyun, ...missing }),
  host('c-bare', { ...aliyun, ...missing }),
  host('d-bare', { ...aliyun, ...missing }),
  host('e-shut', { ...aliyun, ...missing, stopped: true }),
  host('f-quiet', { ...aliyun, online: false, lastSeenAt: '2026-01-01T00:00:00.000Z' }),
  host('g-latest', { agentVersion: '3.3', agentOutdated: false }),
  host('h-behind', { agentVersion: '3.1', agentOutdated: true }),
  host('i-bare', missing),
  host('j-quiet', { online: false }),
];

const run = (more: object, care = createScriptedCare(), nodes = fleet) =>
  installAgents({ ...emptyLibrary(), inventory: fixedInventory(() => nodes), agentCare: care, log: silent })(
    installAgentsRequestSchema.parse(more),
    'ann',
  );

describe('looking after agents', () => {
  it('installs where the cloud can, updates what is behind, and says what else there is to do', async () => {
    const care = createScriptedCare();
    const { items } = await run({}, care);
    expect(items.map(({ nodeId, action }) => `${nodeId} ${action}`)).toEqual([
      'a-well none',
      'b-bare install',
      'c-bare install',
      'd-bare install',
      'e-shut manual',
      'f-quiet manual',
      'g-latest none',
      'h-behind update',
      'i-bare manual',
      'j-quiet manual',
    ]);
    expect(items.find(({ nodeId }) => nodeId === 'i-bare')?.advice).toMatch(
      /AmazonSSMManagedInstanceCore.*Default Host Management/,
    );
    expect(items.every(({ action, advice }) => (action === 'manual') === (advice !== undefined))).toBe(true);
    expect(
      care.asked.map(({ agent, request }) => [agent, request.region, request.instanceIds, request.reboot]),
    ).toEqual([
      ['aliyun', 'cn-hangzhou', ['b-bare', 'c-bare'], false],
      ['aliyun', 'cn-hangzhou', ['d-bare'], false],
      ['aws', 'eu-west-1', ['h-behind'], false],
    ]);
  });

  it('does nothing when it is only asked what it would do', async () => {
    const care = createScriptedCare();
    const { items, dryRun } = await run({ dryRun: true }, care);
    expect([dryRun, care.asked, items.filter(({ action }) => action === 'install').length]).toEqual([true, [], 3]);
  });

  it('restarts only when it is told to', async () => {
    const care = createScriptedCare();
    await run({ nodes: ['b-bare'], reboot: true }, care);
    expect(care.asked.map(({ request }) => request.reboot)).toEqual([true]);
  });

  it('takes nodes by id, by name and by condition', async () => {
    const nodes = [host('i-1', { name: 'web-1' }), host('i-2', { name: 'web-2' })];
    const names = async (more: object) => (await run(more, createScriptedCare(), nodes)).items.map(({ name }) => name);
    expect(await names({ nodes: ['i-1'] })).toEqual(['web-1']);
    expect(await names({ nodes: ['web-2'] })).toEqual(['web-2']);
    expect(await names({ where: 'node.name == "web-2"' })).toEqual(['web-2']);
    await expect(names({ nodes: ['web-3'] })).rejects.toMatchObject({
      code: 'request.invalid',
      hint: expect.stringContaining('web-'),
    });
  });

  it('goes page by page, each node once', async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await run({ limit: 4, ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...page.items.map(({ nodeId }) => nodeId));
      cursor = page.cursor;
    } while (cursor !== undefined);
    expect(seen).toEqual(fleet.map(({ id }) => id));
  });

  it('says which nodes a cloud refused, and goes on with the others when one cloud does not answer', async () => {
    const care = createScriptedCare((id) => (id === 'b-bare' ? { refused: true, says: 'is too old' } : {}));
    const broken = {
      ...care,
      aws: { instances: 50, bring: () => Promise.reject(new AppError('agent.throttled', 'SSM is busy')) },
    };
    const { items } = await installAgents({
      ...emptyLibrary(),
      inventory: fixedInventory(() => fleet),
      agentCare: broken,
      log: silent,
    })(installAgentsRequestSchema.parse({ nodes: ['b-bare', 'c-bare', 'h-behind'] }), 'ann');
    expect(items.map(({ nodeId, action, says }) => [nodeId, action, says])).toEqual([
      ['b-bare', 'refused', 'is too old'],
      ['c-bare', 'install', 'is done'],
      ['h-behind', 'refused', 'SSM is busy'],
    ]);
  });
});
