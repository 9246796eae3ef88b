import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markScopes, type NodePlace, placeKey } from '#console/runs/actions/mark-scopes.ts';
import { nodeIdSchema } from '#shared/model/ids.ts';

const place = (group: string, phase: string, node: string): NodePlace => ({
  group,
  phase,
  nodeId: nodeIdSchema.parse(node),
});

describe('requests that mark chosen nodes', () => {
  it('are one for each phase, so that no node is marked where it was not chosen', () => {
    expect(markScopes([place('g', 'stop', 'a'), place('g', 'start', 'b'), place('g', 'stop', 'c')])).toEqual([
      { groups: ['g'], phases: ['stop'], nodes: ['a', 'c'] },
      { groups: ['g'], phases: ['start'], nodes: ['b'] },
    ]);
  });

  it('keep to what one request may name', () => {
    const many = Array.from({ length: 10_001 }, (_, index) => place('g', 'p', `n-${index}`));
    expect(markScopes(many).map(({ nodes }) => nodes?.length)).toEqual([10_000, 1]);
    expect(markScopes([])).toEqual([]);
  });

  const word = fc.constantFrom('a', 'b', 'c/d', 'c', 'd');
  const places = fc.array(fc.tuple(word, word, word).map(([group, phase, node]) => place(group, phase, node)));

  it('mean all that was chosen and nothing else', () => {
    fc.assert(
      fc.property(places, (chosen) => {
        const meant = markScopes(chosen).flatMap(({ groups = [], phases = [], nodes = [] }) =>
          nodes.map((node) => JSON.stringify([groups[0], phases[0], node])),
        );
        expect(new Set(meant)).toEqual(new Set(chosen.map(placeKey)));
        expect(meant).toHaveLength(new Set(meant).size);
      }),
    );
  });
});
