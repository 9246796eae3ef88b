import { describe, expect, it } from 'vitest';
import { type ExecForm, emptyExecForm, jobOfForm, problemsOf } from '#console/exec/exec-form.ts';

const form = (change: Partial<ExecForm>): ExecForm => ({ ...emptyExecForm, ...change });

describe('the form of a command for many nodes', () => {
  it('says what is missing, by field', () => {
    expect(Object.keys(problemsOf(emptyExecForm))).toEqual(['script', 'where']);
    expect(problemsOf(form({ script: 'uptime', where: 'true' }))).toEqual({});
    expect(problemsOf(form({ script: 'uptime', set: 'web' }))).toEqual({});
  });

  it.each([
    ['timeout', 'soon'],
    ['atOnce', 'half'],
    ['maxFailures', ''],
    ['maxFailures', '-1'],
  ] as const)('finds fault with %s: %s', (field, text) => {
    expect(Object.keys(problemsOf(form({ script: 'uptime', where: 'true', [field]: text })))).toEqual([field]);
  });

  it('is the same job as on the command line', () => {
    const job = jobOfForm(
      form({
        script: 'df -h | tail -1',
        where: ' node.os == "linux" ',
        set: 'web',
        timeout: '30s',
        atOnce: '10',
        runAs: '',
      }),
    );
    expect(job.spec.targets).toEqual({ set: 'web', where: 'node.os == "linux"' });
    expect(job.spec.groups[0]).toMatchObject({ maxConcurrency: 10, maxFailures: '100%' });
    expect(job.spec.groups[0]?.phases[0]?.operations).toEqual([
      expect.objectContaining({ id: 'command', run: 'df -h | tail -1', timeout: '30s', interpreter: 'sh' }),
    ]);
    expect(JSON.stringify(job)).not.toContain('runAs');
  });
});
