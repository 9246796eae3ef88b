import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { hostsFleet, type OpenFleet, openFleet } from '#test/kit/fleet.ts';
import { readTrace, traced } from '#test/kit/trace.ts';

let fleet: OpenFleet | undefined;
afterEach(() => fleet?.close());

it('ends the same under throttled calls, lost answers, and events that are lost, late, doubled and reordered', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'drover-trace-')), 'trace');
  const operation = (id: string) => traced(id, file, { body: 'echo "$NODE"' });
  fleet = await openFleet(hostsFleet(12, 8), {
    throttle: 0.2,
    dropResponse: 0.1,
    notFoundAtFirst: 1,
    events: { lose: 0.3, duplicate: 0.3, delaySeconds: 0.2, reorder: true },
  });

  const view = await fleet.run({
    apiVersion: 'drover/v1',
    kind: 'Job',
    metadata: { name: 'faults' },
    spec: {
      targets: { where: 'node.tags.role == "h"' },
      groups: [
        { name: 'all', phases: [{ name: 'p', operations: [operation('a'), operation('b')] }] },
        {
          name: 'roll',
          strategy: 'grayScale',
          rounds: [1, '50%', '100%'],
          phases: [{ name: 'q', operations: [operation('c')] }],
        },
      ],
    },
  });

  expect(view.status).toBe('succeeded');
  expect(view.groups.map((group) => group.phases[0]?.counts)).toEqual([{ succeeded: 20 }, { succeeded: 20 }]);
  const times = Map.groupBy(readTrace(file), (one) => `${one.node} ${one.operation}`);
  expect(times.size).toBe(60);
  expect([...times.values()].every((executions) => executions.length === 1)).toBe(true);
  const { items } = await fleet.services.listResults(view.runId, { limit: 1000 });
  expect(items).toHaveLength(60);
  expect(items.every((one) => one.stdout === `${one.name}\n`)).toBe(true);
});
