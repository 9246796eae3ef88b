import { describe, expect, it } from 'vitest';
import { openRunForm, paramErrors, readNodeIds, readRunForm } from '#console/jobs/start/run-form.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { jobSchema } from '#shared/model/job.ts';

const job = jobSchema.parse({
  apiVersion: 'drover/v1',
  kind: 'Job',
  metadata: { name: 'roll' },
  spec: {
    params: { version: { required: true }, count: { type: 'number', default: 2 } },
    targets: { where: 'true' },
    groups: [{ name: 'a', phases: [{ name: 'p', operations: [{ id: 'x', run: 'true' }] }] }],
  },
});

describe('the form of a start', () => {
  it('says the request, with nothing in it that is only usual', () => {
    const form = openRunForm(job);
    expect(readRunForm(job, form)).toEqual({ errors: { params: { version: 'is required' } } });
    expect(readRunForm(job, { ...form, params: { version: '1', count: '2' } })).toEqual({
      request: { params: { version: '1' }, only: {} },
    });
  });

  it('narrows, and carries a context', () => {
    const form = {
      ...openRunForm(job),
      params: { version: '1', count: '3' },
      ...{ groups: ['a'], phases: ['p'], nodes: 'i-1, i-2\ni-1', context: '{"ticket": "OPS-1"}' },
    };
    expect(readRunForm(job, form)).toEqual({
      request: {
        params: { version: '1', count: 3 },
        only: { groups: ['a'], phases: ['p'], nodes: ['i-1', 'i-2'] },
        context: { ticket: 'OPS-1' },
      },
    });
  });

  it('says at each field what is wrong there', () => {
    const form = { ...openRunForm(job), nodes: 'i-1 no#node', context: '[1]' };
    expect(readRunForm(job, form).errors).toMatchObject({
      params: { version: 'is required' },
      nodes: expect.stringContaining("'no#node'"),
      context: expect.stringContaining('is not a map'),
    });
    expect(readRunForm(job, { ...form, context: '{' }).errors?.context).toContain('is not JSON');
    expect(readNodeIds(' \n ')).toEqual({ ids: [] });
  });

  it('shows what the server says of params at their fields', () => {
    const error = new AppError('params.invalid', 'two are wrong', {
      places: [
        { path: '/version', message: 'is too old' },
        { path: '/a~1b', message: 'is unknown' },
      ],
    });
    expect(paramErrors(error)).toEqual({ version: 'is too old', 'a/b': 'is unknown' });
    expect(
      paramErrors(new AppError('plan.no-targets', 'none', { places: [{ path: '/version', message: 'x' }] })),
    ).toEqual({});
  });
});
