import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { groupLines, outlineOf, paramLines, targetsText } from '#console/jobs/outline.ts';
import { parseJobFile } from '#shared/job/job-file.ts';

const canary = parseJobFile(readFileSync('examples/canary.yaml', 'utf8'), 'canary.yaml');

describe('what a job consists of', () => {
  it('is a line for each operation, those inside of blocks too', () => {
    const lines = outlineOf(canary);
    expect(lines.map(({ id, depth }) => `${'>'.repeat(depth)}${id}`)).toEqual([
      ...['each_package', '>install', 'kind', '>migrate', '>restart', 'version', 'look', 'versions', 'first', 'say'],
    ]);
    expect(lines[0]).toMatchObject({ group: 'roll (grayScale)', phase: 'install', what: 'forEach' });
    expect(lines[1]).toMatchObject({ group: '', phase: '', notes: expect.stringContaining('retries 2') });
    expect(lines[6]).toMatchObject({ group: '', phase: 'probe (on runner)' });
    expect(lines[7]).toMatchObject({ group: 'report (oneShot)' });
  });

  it('names groups, params and targets', () => {
    expect(groupLines(canary)[0]).toMatchObject({
      name: 'roll',
      rounds: '1, 50%, 100%',
      failures: '1 per round',
    });
    expect(paramLines(canary)).toMatchObject([{ name: 'packages', rule: '' }]);
    expect(targetsText({ set: 'web', exclude: 'node.name == "a"' })).toBe('set web, without node.name == "a"');
    expect(targetsText(undefined)).toBeUndefined();
  });
});
