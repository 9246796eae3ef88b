import type { Scope } from '#shared/expression/scope.ts';
import { type Node, nodeSchema } from '#shared/model/node.ts';

/** A node for tests, with tags app=shop and env=prod. */
export const node = (over: Partial<Node> = {}): Node =>
  nodeSchema.parse({
    id: 'i-1',
    name: 'web-1',
    host: '10.0.0.1',
    agent: 'aws',
    region: 'eu-west-1',
    instanceId: 'i-1',
    tags: { app: 'shop', env: 'prod', 'aws:asg': 'g1' },
    ...over,
  });

/** A scope for tests. */
export const scope = (over: Partial<Scope> = {}): Scope => ({
  params: {
    version: '1.2.3',
    count: 5,
    ratio: 0.5,
    on: true,
    list: ['a', 'b'],
    map: { deep: { n: 1 } },
    nothing: null,
  },
  node: node(),
  run: { id: '01J00000000000000000000000', attempt: 2, job: 'roll-shop' },
  outputs: { df: { free: '2000' } },
  ...over,
});
