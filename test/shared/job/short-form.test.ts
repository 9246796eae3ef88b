import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jobDigest } from '#shared/job/job-digest.ts';
import { parseJobFile } from '#shared/job/job-file.ts';
import { parseJob } from '#shared/job/parse-job.ts';
import { shortForm } from '#shared/job/short-form.ts';
import { jobSchema } from '#shared/model/job.ts';
import { job } from './jobs.ts';

const examples = readdirSync('examples').filter((name) => name.endsWith('.yaml'));

describe('the short form', () => {
  it.each(examples)('of examples/%s reads back as the same job, and has its digest', (name) => {
    const read = parseJobFile(readFileSync(`examples/${name}`, 'utf8'), name);
    const again = parseJob(JSON.parse(JSON.stringify(shortForm(jobSchema, read))));
    expect(again).toEqual(read);
    expect(jobDigest(again)).toBe(jobDigest(read));
  });

  it('reads back as the same, whatever is set or left out', () => {
    const operation = fc.record(
      {
        interpreter: fc.constantFrom('sh', 'bash', 'python3'),
        timeout: fc.constantFrom('1h', '60m', '5s'),
        failIgnore: fc.boolean(),
        args: fc.constantFrom([], ['a'], ['']),
        env: fc.constantFrom({}, { A: '' }, { A: 'b', B: 'c' }),
        outputs: fc.constantFrom({}, { o: {} }, { o: { type: 'string' } }, { o: { type: 'int', default: '1' } }),
        retries: fc.constantFrom({ max: 1 }, { max: 1, backoff: '5s', factor: 2 }, { max: 2, on: ['lost'] }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(operation, fc.constantFrom({}, { on: 'target' }, { on: 'runner' }), (one, phase) => {
        const written = job({
          groups: [{ name: 'g', phases: [{ name: 'p', ...phase, operations: [{ id: 'o', run: 'true', ...one }] }] }],
        });
        const short: unknown = JSON.parse(JSON.stringify(shortForm(jobSchema, written)));
        expect(parseJob(short)).toEqual(written);
        expect(shortForm(jobSchema, parseJob(short))).toEqual(short);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps what is not a default, also false, 0, empty texts and null', () => {
    const params = {
      a: { default: '' },
      b: { type: 'json', default: null },
      c: { type: 'number', default: 0 },
      d: { required: true },
    };
    expect(shortForm(jobSchema, job({ params, roundCount: 0 }))).toMatchObject({ spec: { params, roundCount: 0 } });
  });
});
