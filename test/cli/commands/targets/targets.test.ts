import { describe, expect, test } from 'vitest';
import { makeNode, makeTargetSet } from '#test/functions/api/hand-made-services.ts';
import { fixedReadAt } from '#test/kit/fixed-inventory.ts';
import { cli, makeFolder } from '../../test-host.ts';

describe('drover targets', () => {
  test('put sends a condition, tags, nodes or the ids of a nodes file', async () => {
    const folder = await makeFolder({ 'nodes.jsonl': `${JSON.stringify(makeNodeLine('i-7'))}\n` });
    const sent = async (...flags: readonly string[]) => {
      const { asked, exitCode } = await cli(['targets', 'put', 'web', ...flags]);
      return [exitCode, asked.find(([name]) => name === 'putTargetSet')?.slice(1)];
    };
    expect(await sent('--where', 'node.os == "linux"', '--description', 'all', '--if-match', '3')).toEqual([
      0,
      ['web', { where: 'node.os == "linux"', description: 'all' }, { actor: expect.any(String), ifMatch: '"3"' }],
    ]);
    expect(await sent('--tag', 'app=shop', '--new')).toEqual([
      0,
      ['web', { where: expect.stringContaining('shop') }, { actor: expect.any(String), ifNoneMatch: '*' }],
    ]);
    expect(await sent('--nodes', 'i-1,i-2')).toMatchObject([0, ['web', { nodes: ['i-1', 'i-2'] }, {}]]);
    expect(await sent('--nodes-file', `${folder}/nodes.jsonl`)).toMatchObject([0, ['web', { nodes: ['i-7'] }, {}]]);
  });

  test('put refuses none of them and two of them', async () => {
    for (const flags of [[], ['--where', 'true', '--nodes', 'i-1']]) {
      const { exitCode, stderr, asked } = await cli(['targets', 'put', 'web', ...flags]);
      expect([exitCode, asked]).toEqual([2, []]);
      expect(stderr).toContain('either a condition or its nodes');
    }
  });

  test('ls and history are tables', async () => {
    expect((await cli(['targets', 'ls'])).stdout).toMatch(/web +2 +2026-01-01T00:00:00Z +ann +where node.tags.app/);
    expect((await cli(['targets', 'history', 'web'])).stdout).toMatch(/2 +put +where node.tags.app/);
  });

  test('show has the nodes that the set means now, and names those that are not there', async () => {
    const asked: unknown[] = [];
    const set = makeTargetSet({ nodes: [makeNode().id, makeNode('i-9').id], outline: '2 nodes' });
    const { where: _where, ...view } = set;
    const services = {
      viewTargetSet: async () => ({ view, etag: '"2"' }),
      listNodes: async (query: unknown) => {
        asked.push(query);
        return { items: [makeNode()], readAt: fixedReadAt };
      },
    };
    const { stdout, stderr } = await cli(['targets', 'show', 'web'], { services });
    expect(asked).toEqual([{ limit: 1000, set: 'web' }]);
    expect(stdout).toMatch(/web +revision 2.*\ni-1 i-9\n\nNODE/s);
    expect(stderr).toMatch(/not in the inventory: i-9\n1 nodes as of/);
  });

  test('rm says which jobs and schedules it takes the set from', async () => {
    const { stdout, stderr, exitCode } = await cli(['targets', 'rm', 'web']);
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('drover targets show web --revision 2')]);
    expect(stderr).toContain('job roll, which is started by schedule nightly names it');
  });

  test('--set is the target of exec and of lists', async () => {
    const asked = async (...argv: readonly string[]) => (await cli(argv)).asked.map(([, first]) => first);
    expect(await asked('nodes', 'list', '--set', 'web')).toEqual([{ limit: 1000, set: 'web' }]);
    expect(await asked('agents', 'status', '--set', 'web', '--tag', 'a=b')).toMatchObject([
      { set: 'web', where: expect.stringContaining('"a"') },
    ]);
    expect(await asked('agents', 'install', '--set', 'web', '--dry-run')).toMatchObject([{ set: 'web', dryRun: true }]);
    const [submitted] = await asked('exec', '--set', 'web', '--', 'uptime');
    expect(submitted).toMatchObject({ request: { job: { spec: { targets: { set: 'web' } } } } });
  });
});

const makeNodeLine = (nodeId: string) => {
  const { online: _online, ...node } = makeNode(nodeId);
  return node;
};
