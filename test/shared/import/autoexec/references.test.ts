import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTemplate, renderTemplate } from '#shared/expression/template.ts';
import {
  importError,
  importJob,
  noticeLines,
  oldGroup,
  oldJob,
  oldOperation,
  oldPhase,
  onlyOperation,
  operationsOf,
} from './old-job.ts';

const run = { id: '01J0000000000000000000000R', attempt: 1, job: 'j' };

/** What an argument of the old job is after import and rendering. */
const rendered = (value: string, opt: Readonly<Record<string, string>> = {}): string => {
  const imported = importJob(oldJob([oldOperation({ arg: [{ type: 'text', value }] })], { opt }));
  const [template = ''] = onlyOperation(imported).args;
  return renderTemplate(parseTemplate(template), { params: imported.params, run, outputs: {} });
};

const argOf = (value: string, fields = {}, jobFields = {}): string | undefined =>
  onlyOperation(importJob(oldJob([oldOperation({ arg: [{ value }], ...fields })], jobFields))).args[0];

describe('references to params', () => {
  it.each([
    ['${v}', '${{ params.v }}'],
    ['$v', '${{ params.v }}'],
    ['a-${v}-$v.b', 'a-${{ params.v }}-${{ params.v }}.b'],
    ['$v_x', '$v_x'],
    ['${ v }', '${ v }'],
    ['${{ v }}', '$${{ v }}'],
    ['$${v}', '${{ "$" }}${{ params.v }}'],
    ['${in}', '${{ params["in"] }}'],
    ['x$(id)y `id` $1 $', 'x$(id)y `id` $1 $'],
  ])('carries %j over as %j', (value, expected) => {
    expect(argOf(value, {}, { opt: { v: '1', in: '2' } })).toBe(expected);
  });

  it('leaves any text without references exactly as it was', () => {
    const text = fc.array(fc.constantFrom('$', '{', '}', '{{', '}}', '$$', '${{', '"', ' ', 'é', '\\', '.'), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(text, (parts) => {
        expect(rendered(parts.join(''))).toBe(parts.join(''));
      }),
    );
  });

  it('replaces references inside any text', () => {
    const piece = fc.constantFrom('$', '{', '}', '$$', '${{', '"', ' ', 'é', '\\', '${v}', '${v}');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        expect(rendered(text, { v: '<$&>' })).toBe(text.replaceAll('${v}', () => '<$&>'));
      }),
    );
  });

  it('keeps unknown names literal and says so', () => {
    const imported = importJob(oldJob([oldOperation({ arg: [{ value: '${nope} a.$b' }] })]));
    expect(onlyOperation(imported).args).toEqual(['${nope} a.$b']);
    expect(noticeLines(imported)).toContainEqual(
      expect.stringMatching(/^runFlow\[0\].*arg\[0\].value: \$\{nope\} is not/),
    );
  });

  it('knows the variables of the node and the environment of the job', () => {
    const job = { environment: { STAGE: 'p${{d' } };
    expect(argOf('${NODE_HOST}:$NODE_PORT', {}, job)).toBe('${{ node.host }}:${{ node.port }}');
    expect(argOf('${NODE_HOST}', { opType: 'runner' })).toBe('local');
    expect(argOf('${AUTOEXEC_JOBID}')).toBe('${{ run.id }}');
    expect(argOf('${STAGE}', {}, job)).toBe('p$${{d');
  });

  it('prefers a param to a variable of the node', () => {
    expect(argOf('$NODE_HOST', {}, { opt: { NODE_HOST: 'x' } })).toBe('${{ params.NODE_HOST }}');
  });
});

const producer = (fields = {}) =>
  oldOperation({ opId: 'make/it.now_1', output: { v: {}, w: { defaultValue: 'd' } }, ...fields });
const consumer = (reference: string, fields = {}) =>
  oldOperation({ opId: 'use', arg: [{ value: reference }], ...fields });
const twoPhases = (reference: string, first = producer(), second = consumer(reference)) => ({
  runFlow: [oldGroup([oldPhase('准备', [first])]), oldGroup([oldPhase('p2', [second])], { groupNo: 1 })],
});

describe('references to outputs', () => {
  it('refer to the renamed operation', () => {
    const imported = importJob(twoPhases('x${准备.make/it.now_1.v}y'));
    expect(operationsOf(imported).map(({ id }) => id)).toEqual(['make_it_now_1', 'use']);
    expect(operationsOf(imported)[1]?.args).toEqual(['x${{ outputs.make_it_now_1.v }}y']);
    expect(operationsOf(imported)[0]?.outputs).toEqual({ v: { type: 'string' }, w: { type: 'string', default: 'd' } });
  });

  it('are understood with a wrong phase, with a notice', () => {
    const imported = importJob(twoPhases('${nosuch.make/it.now_1.v}'));
    expect(operationsOf(imported)[1]?.args).toEqual(['${{ outputs.make_it_now_1.v }}']);
    expect(noticeLines(imported)).toContainEqual(
      expect.stringMatching(/names the wrong phase: the operation is in 准备/),
    );
  });

  it('declare an output that was not declared, with a notice', () => {
    const imported = importJob(twoPhases('${准备.make/it.now_1.extra}'));
    expect(operationsOf(imported)[0]?.outputs).toHaveProperty('extra');
    expect(noticeLines(imported)).toContainEqual(expect.stringMatching(/output extra is declared now/));
  });

  it('tell operations of one opId apart by the phase', () => {
    const again = { ...producer(), opId: 'same', output: { v: {} } };
    const imported = importJob({
      runFlow: [
        oldGroup([oldPhase('p1', [again])]),
        oldGroup([oldPhase('p2', [again])], { groupNo: 1 }),
        oldGroup([oldPhase('p3', [consumer('${p1.same.v} ${p2.same.v} ${px.same.v}')])], { groupNo: 2 }),
      ],
    });
    expect(operationsOf(imported).map(({ id }) => id)).toEqual(['same', 'same_2', 'use']);
    expect(operationsOf(imported)[2]?.args).toEqual([
      '${{ outputs.same.v }} ${{ outputs.same_2.v }} ${{ outputs.same_2.v }}',
    ]);
  });

  it.each([
    ['${准备.gone_1.v}', producer(), /does not have/],
    ['${准备.make/it.now_1.v}', oldOperation({ opId: 'make/it.now_1' }), /without outputs/],
    ['${p2.use.v}', producer(), /runs only later/],
  ])('are refused when unresolved: %s', (reference, first, message) => {
    const second = consumer(reference, { output: { v: {} } });
    const { code, places } = importError(() => importJob(twoPhases(reference, first, second)));
    expect(code).toBe('import.invalid');
    expect(places).toEqual([
      {
        file: 'params.json',
        path: 'runFlow[1].phases[0].operations[0].arg[0].value',
        line: expect.any(Number),
        column: expect.any(Number),
        message: expect.stringMatching(message),
      },
    ]);
  });

  it('of target nodes are refused in a runner phase', () => {
    const second = consumer('${准备.make/it.now_1.v}', { opType: 'runner' });
    const { code, places } = importError(() => importJob(twoPhases('', producer(), second)));
    expect(code).toBe('import.unsupported');
    expect(places[0]?.suggestion).toMatch(/target phase/);
  });

  it('of a runner reach targets', () => {
    const imported = importJob(twoPhases('${准备.make/it.now_1.w}', producer({ opType: 'local' })));
    expect(operationsOf(imported)[1]?.args).toEqual(['${{ outputs.make_it_now_1.w }}']);
  });

  it('of a phase that runs at the same time are refused', () => {
    const phases = [oldPhase('准备', [producer()]), oldPhase('p2', [consumer('${准备.make/it.now_1.v}')])];
    const { code, places } = importError(() => importJob({ runFlow: [oldGroup(phases)] }));
    expect(code).toBe('import.unsupported');
    expect(places[0]?.message).toMatch(/run at the same time/);
    expect(() => importJob({ runFlow: [oldGroup(phases, { execStrategy: 'grayScale' })] })).not.toThrow();
  });

  it('of a runner phase of the last round are refused before it', () => {
    const phases = [
      oldPhase('准备', [producer({ opType: 'local' })], { execRound: 'last' }),
      oldPhase('p2', [consumer('${准备.make/it.now_1.v}')]),
    ];
    const { code, places } = importError(() =>
      importJob({ runFlow: [oldGroup(phases, { execStrategy: 'grayScale' })] }),
    );
    expect(code).toBe('import.invalid');
    expect(places[0]).toMatchObject({
      path: 'runFlow[0].phases[1].operations[0]',
      message: expect.stringMatching(/last/),
    });
  });
});
