import { afterEach, describe, expect, it } from 'vitest';
import { someNodes, startTestSystem, type TestSystem } from '#test/kit/system.ts';

let system: TestSystem | undefined;
afterEach(async () => {
  await system?.close();
  system = undefined;
});

const job = (groups: unknown) => ({
  apiVersion: 'drover/v1',
  kind: 'Job',
  metadata: { name: 'try' },
  spec: { targets: { where: 'node.tags.role == "web"' }, groups },
});

describe('a run', () => {
  it('runs every operation on every node of two clouds and keeps the output', async () => {
    system = await startTestSystem([
      ...someNodes('aws', 'web', 3),
      ...someNodes('aliyun', 'web', 2, { tags: { role: 'web' } }).map((n, i) => ({
        ...n,
        id: `i-x${i}` as never,
        instanceId: `i-x${i}`,
      })),
    ]);
    const { runId } = await system.services.submitRun({
      request: {
        job: job([
          {
            name: 'g',
            phases: [
              {
                name: 'p',
                operations: [
                  { id: 'a', run: 'echo hello $WHO', env: { WHO: '${{ node.name }}' } },
                  { id: 'b', run: 'echo again' },
                ],
              },
            ],
          },
        ]),
        params: {},
        only: {},
      },
      actor: 'test',
    });
    await system.engine.idle();
    const view = await system.services.viewRun(runId);
    console.log(JSON.stringify(view, null, 1));
    const rows = await system.services.listNodeRows(runId, { limit: 100 });
    console.log(rows.items.map((r) => `${r.nodeId} ${r.status} ${r.reason}`));
    const results = await system.services.listResults(runId, { limit: 100 });
    console.log(results.items.map((r) => `${r.nodeId} ${r.operation} ${r.status} ${r.stdout}`));
    expect(view.status).toBe('succeeded');
  });
});
