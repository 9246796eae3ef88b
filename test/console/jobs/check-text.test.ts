import { describe, expect, it } from 'vitest';
import { asStored, changesOf, checkText } from '#console/jobs/editor/check-text.ts';

const text = `apiVersion: drover/v1
kind: Job
metadata: {name: hello} # a comment
spec:
  targets: {where: 'node.os == "linux"'}
  groups:
    - name: greet
      phases:
        - name: hello
          operations:
            - {id: hello, run: echo hello}
`;

describe('the text of the editor', () => {
  it('is nothing, a job, or wrong at its places', () => {
    expect(checkText(' \n').state).toBe('empty');
    const good = checkText(text);
    expect(good).toMatchObject({ state: 'good', job: { metadata: { name: 'hello' } } });
    const wrong = checkText(text.replace('phases:', 'phase:'));
    expect(wrong).toMatchObject({ state: 'wrong', error: { code: 'job.invalid' } });
    if (wrong.state !== 'wrong') throw new Error('It is wrong.');
    expect(wrong.error.places).toContainEqual(
      expect.objectContaining({ line: 8, column: 7, suggestion: expect.stringContaining('phases') }),
    );
    expect(checkText('a: [1').state).toBe('wrong');
  });

  it('is wrong also where only its meaning is', () => {
    const wrong = checkText(text.replace('echo hello', "'echo ${{ params.nope }}'"));
    expect(wrong).toMatchObject({ state: 'wrong', error: { places: [{ line: 11 }] } });
  });

  it('differs from what is stored in what it says, not in how it is written', () => {
    const check = checkText(text);
    if (check.state !== 'good') throw new Error('It is good.');
    const stored = { label: 'hello@1', job: asStored(check.job) };
    expect(changesOf(stored, check.job)).toBe('');
    const other = checkText(text.replace('echo hello', 'echo goodbye'));
    if (other.state !== 'good') throw new Error('It is good.');
    expect(changesOf(stored, other.job)).toContain('+              run: echo goodbye');
  });
});
