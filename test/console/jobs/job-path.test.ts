import { describe, expect, it } from 'vitest';
import { jobPath, readJobPath, startPath } from '#console/jobs/job-path.ts';
import { schedulePath } from '#console/schedules/schedule-path.ts';

/** The part of an address that the router gives to the screen. */
const partOf = (path: string): string => decodeURIComponent(path.split('/')[2] ?? '');

describe('addresses of jobs', () => {
  it.each(['roll-shop', 'ops/restart web', 'größe (2)', 'new', 'a/start'])('lead back to %s', (name) => {
    expect(readJobPath(partOf(jobPath(name)))).toEqual({ name });
    expect(readJobPath(partOf(jobPath(name, 3)))).toEqual({ name, revision: 3 });
    expect(startPath(name).split('/')).toHaveLength(4);
  });

  it('never are those of the screens beside them', () => {
    expect(jobPath('new')).not.toBe('/jobs/new');
    expect(schedulePath('new')).not.toBe('/schedules/new');
    expect(readJobPath('a@b@c')).toBeUndefined();
  });
});
