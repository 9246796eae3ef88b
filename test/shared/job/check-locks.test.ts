import { describe, expect, it } from 'vitest';
import { turnSettingsOf } from '#shared/job/turn-settings.ts';
import { exclusiveOf, usesLeases } from '#shared/lock/exclusive.ts';
import { complaints, errorOf, job } from './jobs.ts';

const params = { env: { default: 'prod' }, items: { type: 'list', default: [1, 2] } };
const at = '/spec/concurrency';

describe('concurrency in a job', () => {
  it.each<[string, unknown, readonly string[]]>([
    ['nothing but the map', {}, []],
    ['a key of params and the job', { key: '${{ run.job }} ${{ params.env }}', policy: 'replace', limit: 3 }, []],
    ['a key of a node', { key: '${{ node.id }}' }, [`${at}/key: a concurrency key is one for the whole run`]],
    ['a key of the run', { key: 'x${{ run.id }}' }, [`${at}/key: run.id differs from run to run`]],
    ['a key of outputs', { key: '${{ outputs.o.v }}' }, [`${at}/key: outputs cannot be used here`]],
    ['an unknown param', { key: '${{ params.evn }}' }, [`${at}/key: there is no param 'evn'`]],
    ['a key that is no template', { key: '${{ params. }}' }, [`${at}/key: in this template`]],
    ['a limit of none', { limit: 0 }, [`${at}/limit: must be at least 1`]],
    ['another policy', { policy: 'wait' }, [`${at}/policy: 'wait' is not one of queue, skip, replace, reject`]],
    ['an unknown key', { polcy: 'queue' }, [`${at}/polcy: 'polcy' is not a key of concurrency`]],
  ])('%s', (_, concurrency, expected) => {
    const found = complaints({ params, concurrency });
    expect(found).toHaveLength(expected.length);
    for (const [index, text] of expected.entries()) expect(found[index]).toContain(text);
  });
});

describe('turnSettingsOf', () => {
  const settings = (concurrency: unknown, values = {}) =>
    turnSettingsOf(job({ params, concurrency }), { env: 'prod', items: [1, 2], ...values });

  it('fills the key in; it is the name of the job when there is none', () => {
    expect(settings({})).toEqual({ key: 'test', policy: 'queue', limit: 1 });
    expect(settings({ key: 'deploy/${{ params.env }} ${{ params.items }}', policy: 'skip', limit: 2 })).toEqual({
      ...{ key: 'deploy/prod [1,2]', policy: 'skip', limit: 2 },
    });
    expect(turnSettingsOf(job(), {})).toBeUndefined();
  });

  it.each(['', '   ', 'a\nb', 'x'.repeat(201)])('refuses the key %j', (env) => {
    expect(errorOf(() => settings({ key: '${{ params.env }}' }, { env })).code).toBe('params.invalid');
  });

  it('takes 200 characters of any language', () => {
    expect(settings({ key: '${{ params.env }}' }, { env: '键'.repeat(200) })?.key).toHaveLength(200);
  });
});

describe('exclusive in a job', () => {
  const group = (more: Record<string, unknown> = {}) => ({
    name: 'g',
    phases: [
      { name: 'p', operations: [{ id: 'o', run: 'true' }] },
      { name: 'r', on: 'runner', operations: [{ id: 's', run: 'true' }] },
    ],
    ...more,
  });
  const exclusive = (spec: Record<string, unknown>, more: Record<string, unknown> = {}, phase = 0) => {
    const made = job({ ...spec, groups: [group(more)] });
    const [first] = made.spec.groups;
    return exclusiveOf(made, first!, first!.phases[phase]!);
  };

  it.each<[unknown, unknown, unknown]>([
    [undefined, undefined, undefined],
    [false, undefined, undefined],
    [true, undefined, { onLeased: 'wait' }],
    [{}, undefined, { onLeased: 'wait' }],
    [{ timeout: '10m' }, undefined, { onLeased: 'wait', patienceMs: 600_000 }],
    [{ onLeased: 'skip' }, undefined, { onLeased: 'skip', patienceMs: 0 }],
    [{ onLeased: 'fail', timeout: '30s' }, undefined, { onLeased: 'fail', patienceMs: 30_000 }],
    [true, false, undefined],
    [false, { onLeased: 'skip' }, { onLeased: 'skip', patienceMs: 0 }],
  ])('%j on the job and %j on the group', (ofJob, ofGroup, expected) => {
    const spec = ofJob === undefined ? {} : { exclusive: ofJob };
    expect(exclusive(spec, ofGroup === undefined ? {} : { exclusive: ofGroup })).toEqual(expected);
  });

  it('leaves runners to everybody', () => {
    expect(exclusive({ exclusive: true }, {}, 1)).toBeUndefined();
    expect(usesLeases(job({ exclusive: true }))).toBe(true);
    expect(usesLeases(job({}))).toBe(false);
  });

  it.each<[unknown, string]>([
    ['yes', "/spec/exclusive: 'yes' is neither true, false nor {onLeased, timeout}"],
    [{ onLeasd: 'skip' }, "/spec/exclusive/onLeasd: 'onLeasd' is not a key of exclusive"],
    [{ onLeased: 'stop' }, "/spec/exclusive/onLeased: 'stop' is not one of wait, skip, fail"],
    [{ timeout: 30 }, '/spec/exclusive/timeout: expected a text, found the number 30'],
  ])('%j is wrong at its place', (value, complaint) => {
    expect(complaints({ exclusive: value })).toEqual([complaint]);
  });
});
