import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { groupOutputs, type NodeOutput } from '#shared/client/group-outputs.ts';

const output = fc.record({
  name: fc.stringMatching(/^n\d{1,3}$/),
  status: fc.constantFrom('succeeded', 'failed'),
  exitCode: fc.constantFrom(0, 1, null),
  stdout: fc.constantFrom('', 'a\n', 'b\n'),
  stderr: fc.constantFrom('', 'a\n'),
});
const outputs = fc.uniqueArray(output, { selector: ({ name }) => name });
const key = ({ status, exitCode, stdout, stderr }: Omit<NodeOutput, 'name'>) => [status, exitCode, stdout, stderr];

describe('grouping outputs', () => {
  test('every node is in exactly one group, with what it answered', () => {
    fc.assert(
      fc.property(outputs, (all) => {
        const flat = groupOutputs(all).flatMap((group) => group.nodes.map((name) => [name, ...key(group)]));
        expect(flat.toSorted()).toEqual(all.map((one) => [one.name, ...key(one)]).toSorted());
      }),
    );
  });

  test('long outputs are equal when their digests are; without one nobody can tell', () => {
    const long = (name: string, sha256: string | null, bytes = 99_999) => ({
      ...{ name, status: 'succeeded', exitCode: 0, stdout: 'head … tail', stderr: '' },
      uploads: { stdout: { bytes, sha256 } },
    });
    const all = [long('a', 'x'), long('b', 'x'), long('c', 'y'), long('d', null), long('e', null), long('f', 'x', 5)];
    expect(groupOutputs(all).map(({ nodes }) => nodes.join())).toEqual(['a,b', 'c', 'd', 'e', 'f']);
    expect(groupOutputs(all)[0]?.uploads).toEqual({ stdout: { bytes: 99_999, sha256: 'x' } });
  });

  test('no two groups answer the same', () => {
    fc.assert(
      fc.property(outputs, (all) => {
        const keys = groupOutputs(all).map((group) => JSON.stringify(key(group)));
        expect(new Set(keys).size).toBe(keys.length);
      }),
    );
  });

  test('the order of arrival changes nothing, and larger groups come first', () => {
    fc.assert(
      fc.property(outputs, (all) => {
        const groups = groupOutputs(all);
        expect(groupOutputs(all.toReversed())).toEqual(groups);
        const sizes = groups.map(({ nodes }) => nodes.length);
        expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
      }),
    );
  });

  test('names are in natural order and folded', () => {
    const equal = { status: 'succeeded', exitCode: 0, stdout: 'x', stderr: '' };
    const [group] = groupOutputs(['web-10', 'web-9', 'web-11', 'db'].map((name) => ({ name, ...equal })));
    expect(group).toEqual({ ...equal, nodes: ['db', 'web-9', 'web-10', 'web-11'], folded: 'db web-[9-11]' });
  });
});
