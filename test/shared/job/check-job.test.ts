import { describe, expect, it } from 'vitest';
import { parseJob } from '#shared/job/parse-job.ts';
import { complaints, document, errorOf } from './jobs.ts';

const operation = (over: Record<string, unknown> = {}) => ({ id: 'o', run: 'true', ...over });
const phase = (over: Record<string, unknown> = {}) => ({ name: 'p', operations: [operation()], ...over });
const group = (over: Record<string, unknown> = {}) => ({ name: 'g', phases: [phase()], ...over });
const first = '/spec/groups/0';

describe('checkJob', () => {
  it('has nothing against a plain job', () => {
    expect(complaints({})).toEqual([]);
  });

  describe('names', () => {
    it('are used once in the whole job', () => {
      const twice = [
        group(),
        group({ phases: [phase({ operations: [operation(), operation({ id: 'p' }), operation()] })] }),
      ];
      expect(complaints({ groups: twice })).toEqual([
        "/spec/groups/1/name: 'g' is already the name of the group at /spec/groups/0/name",
        "/spec/groups/1/phases/0/name: 'p' is already the name of the phase at /spec/groups/0/phases/0/name",
        "/spec/groups/1/phases/0/operations/0/id: 'o' is already the id of the operation at /spec/groups/0/phases/0/operations/0/id",
        "/spec/groups/1/phases/0/operations/2/id: 'o' is already the id of the operation at /spec/groups/0/phases/0/operations/0/id",
      ]);
    });
  });

  describe('groups and phases', () => {
    const gray = { strategy: 'grayScale' };
    const runner = { on: 'runner' };
    it.each<[string, Record<string, unknown>, readonly string[]]>([
      ['roundCount of a oneShot group as width', { roundCount: 4 }, []],
      [
        'both widths of a oneShot group',
        { roundCount: 4, maxConcurrency: 2 },
        [`${first}/roundCount: roundCount and maxConcurrency both say`],
      ],
      [
        'both widths of a phase',
        { phases: [phase({ roundCount: 2, maxConcurrency: '5%' })] },
        [`${first}/phases/0/roundCount: roundCount and maxConcurrency both say`],
      ],
      ['roundCount and width of a grayScale group', { ...gray, roundCount: 4, maxConcurrency: 2 }, []],
      [
        'rounds and roundCount',
        { ...gray, rounds: [1], roundCount: 4 },
        [`${first}/roundCount: rounds and roundCount both say`],
      ],
      ['rounds of a oneShot group', { rounds: [1] }, [`${first}/rounds: a oneShot group has no rounds`]],
      ['soak of a oneShot group', { soak: '1m' }, [`${first}/soak: a oneShot group has no rounds`]],
      [
        'roundCount of a grayScale phase',
        { ...gray, phases: [phase({ roundCount: 2 })] },
        [`${first}/phases/0/roundCount: the rounds of a grayScale group are those of the group`],
      ],
      ['round of a runner phase', { ...gray, phases: [phase({ ...runner, round: 'last' })] }, []],
      [
        'round of a target phase',
        { ...gray, phases: [phase({ round: 'last' })] },
        [`${first}/phases/0/round: 'round' is for runner phases`],
      ],
      [
        'round of a oneShot runner phase',
        { phases: [phase({ ...runner, round: 'last' })] },
        [`${first}/phases/0/round: 'round' is for runner phases`],
      ],
      [
        'a runner for a target phase',
        { phases: [phase({ runner: { where: 'true' } })] },
        [`${first}/phases/0/runner: a target phase runs on its nodes`],
      ],
      ['no width at all', { maxConcurrency: 0 }, [`${first}/maxConcurrency: must let at least one node run`]],
      [
        'no width at all, in percent',
        { phases: [phase({ maxConcurrency: '0%' })] },
        [`${first}/phases/0/maxConcurrency: must let at least one`],
      ],
      ['maxFailures 0', { maxFailures: 0 }, []],
      ['growing rounds', { ...gray, rounds: [1, 5, '10%', 50, '100%'] }, []],
      [
        'a round of nothing',
        { ...gray, rounds: [0, '0%', 1] },
        [`${first}/rounds/0: a round has at least one node`, `${first}/rounds/1: a round has at least one node`],
      ],
      [
        'rounds that do not grow',
        { ...gray, rounds: [2, 2, 1] },
        [
          `${first}/rounds/1: rounds say where each ends, so this must be more than 2`,
          `${first}/rounds/2: rounds say where each ends`,
        ],
      ],
      [
        'rounds after all nodes',
        { ...gray, rounds: ['100%', 500] },
        [`${first}/rounds/1: the round before it already takes all nodes`],
      ],
      ['targets without nodes', { targets: { exclude: 'true' } }, [`${first}/targets: names no nodes`]],
      [
        '40 phases together',
        {
          phases: Array.from({ length: 40 }, (_, i) =>
            phase({ name: `p${i}`, operations: [operation({ id: `o${i}` })] }),
          ),
        },
        [],
      ],
      [
        '41 phases together',
        {
          phases: Array.from({ length: 41 }, (_, i) =>
            phase({ name: `p${i}`, operations: [operation({ id: `o${i}` })] }),
          ),
        },
        [`${first}/phases: a oneShot group has at most 40 phases, this one has 41`],
      ],
      [
        '41 phases round by round',
        {
          ...gray,
          phases: Array.from({ length: 41 }, (_, i) =>
            phase({ name: `p${i}`, operations: [operation({ id: `o${i}` })] }),
          ),
        },
        [],
      ],
    ])('%s', (_what, over, expected) => {
      const found = complaints({ groups: [group(over)] });
      expect(found).toHaveLength(expected.length);
      for (const [index, start] of expected.entries()) expect(found[index]).toContain(start);
    });
  });

  describe('operations', () => {
    const at = `${first}/phases/0/operations/0`;
    it.each<[string, Record<string, unknown>, readonly string[]]>([
      ['a value in a script', { run: 'echo ${{ params.x }}' }, [`${at}/run: '\${{' is not replaced here`]],
      ['an escaped value in a script', { run: 'echo $${{ params.x }}' }, [`${at}/run: '\${{' is not replaced here`]],
      ['shell syntax in a script', { run: 'echo ${x} $(id) {{ }} $$' }, []],
      ['a value in runAs', { runAs: '${{ params.x }}' }, [`${at}/runAs: '\${{' is not replaced here`]],
      [
        'a value in workingDirectory',
        { workingDirectory: '/a/${{ params.x }}' },
        [`${at}/workingDirectory: '\${{' is not replaced here`],
      ],
      [
        'a variable of Drover',
        { env: { DROVER_OUTPUT: 'x' } },
        [`${at}/env/DROVER_OUTPUT: variables that begin with DROVER_`],
      ],
      [
        'values where they belong',
        {
          env: { A: '${{ params.x }}' },
          args: ['${{ node.id }}', 3, true],
          when: 'params.x == "a"',
          outputs: { o: { default: '${{ params.x }}' } },
        },
        [],
      ],
      ['a broken template', { args: ['ok', '${{ params.'] }, [`${at}/args/1: in this template: '\${{' is not closed`]],
      ['a broken condition', { when: 'params.x ==' }, [`${at}/when: in this condition: Unexpected token`]],
      [
        'a condition that is no boolean',
        { when: 'node.id' },
        [`${at}/when: in this condition: A condition must be true or false`],
      ],
      ['an unknown param', { when: 'params.y == 1' }, [`${at}/when: there is no param 'y'`]],
      [
        'its own output',
        { when: 'outputs.o.a == ""', outputs: { a: {} } },
        [`${at}/when: outputs.o.a has no value here: an operation cannot read its own outputs`],
      ],
      [
        'its own output in env',
        { env: { A: '${{ outputs.o.a }}' }, outputs: { a: {} } },
        [`${at}/env/A: outputs.o.a has no value here: an operation cannot read its own`],
      ],
      ['outputs by a value', { when: 'outputs[params.x].a == ""' }, [`${at}/when: outputs must be named one by one`]],
      ['params as a whole', { args: ['${{ params }}'] }, []],
      [
        'two problems in one text',
        { args: ['${{ params.a }} ${{ params.b }}'] },
        [`${at}/args/0: there is no param 'a'`, `${at}/args/0: there is no param 'b'`],
      ],
    ])('%s', (_what, over, expected) => {
      const found = complaints({
        params: { x: {} },
        groups: [group({ phases: [phase({ operations: [operation(over)] })] })],
      });
      expect(found).toHaveLength(expected.length);
      for (const [index, start] of expected.entries()) expect(found[index]).toContain(start);
    });
  });

  describe('conditions outside operations', () => {
    it('see node, params and run', () => {
      const where = 'node.tags.app == params.app && run.attempt == 1';
      expect(
        complaints({
          params: { app: {} },
          targets: { where, exclude: where },
          runner: { where },
          env: { A: '${{ node.id }}${{ params.app }}${{ run.id }}' },
        }),
      ).toEqual([]);
    });

    it('see no outputs', () => {
      const where = 'outputs.o.a == ""';
      const found = complaints({
        env: { A: '${{ outputs.o.a }}' },
        targets: { where, exclude: where },
        runner: { where },
        groups: [group({ targets: { where }, phases: [phase({ on: 'runner', runner: { where } })] })],
      });
      expect(found.toSorted()).toEqual(
        [
          '/spec/env/A',
          '/spec/targets/where',
          '/spec/targets/exclude',
          '/spec/runner/where',
          `${first}/targets/where`,
          `${first}/phases/0/runner/where`,
        ]
          .map((path) => `${path}: outputs cannot be used here: no operation ran before`)
          .sort(),
      );
    });
  });

  describe('outputs', () => {
    const writes = { outputs: { v: { default: '0' } } };
    const reads = { env: { V: '${{ outputs.w.v }}' } };
    const writer = (over = {}) => phase({ name: 'writer', operations: [operation({ id: 'w', ...writes })], ...over });
    const reader = (over = {}) => phase({ name: 'reader', operations: [operation({ id: 'r', ...reads })], ...over });
    const one = (strategy: string, ...phases: unknown[]) => [{ name: 'g', strategy, phases }];
    const two = (a: unknown, b: unknown) => [
      { name: 'g1', phases: [a] },
      { name: 'g2', phases: [b] },
    ];
    const both = (a: Record<string, unknown>, b: Record<string, unknown>, over = {}) => [
      { name: 'g', phases: [phase({ operations: [operation(a), operation(b)], ...over })] },
    ];
    const w = { id: 'w', ...writes };
    const r = { id: 'r', ...reads };

    it.each<[string, readonly unknown[], string | undefined]>([
      ['of an operation before it in the phase', both(w, r), undefined],
      ['of an operation before it in a runner phase', both(w, r, { on: 'runner' }), undefined],
      ['of an operation after it in the phase', both(r, w), "operation 'w' runs after 'r'"],
      ['of an earlier group', two(writer(), reader()), undefined],
      ['of a later group', two(reader(), writer()), "group 'g2' runs after 'g1'"],
      ['of an earlier phase of a grayScale group', one('grayScale', writer(), reader()), undefined],
      [
        'of a later phase of a grayScale group',
        one('grayScale', reader(), writer()),
        "phase 'writer' runs after 'reader'",
      ],
      [
        'of another phase of a oneShot group',
        one('oneShot', writer(), reader()),
        'the phases of a oneShot group run together',
      ],
      ['of a runner phase, in a later group', two(writer({ on: 'runner' }), reader()), undefined],
      ['of a runner phase, in a later phase', one('grayScale', writer({ on: 'runner' }), reader()), undefined],
      [
        'of a runner phase of a later round',
        one('grayScale', writer({ on: 'runner', round: 'last' }), reader()),
        "phase 'writer' runs in the last round, and 'reader' before that",
      ],
      [
        'of a runner phase of the same round',
        one('grayScale', writer({ on: 'runner', round: 'last' }), reader({ on: 'runner', round: 'last' })),
        undefined,
      ],
      [
        'of a target phase, in a runner phase',
        two(writer(), reader({ on: 'runner' })),
        "phase 'reader' runs once, and this output has one value for each node",
      ],
      [
        'of a runnerPerTarget phase, in a runner phase',
        two(writer({ on: 'runnerPerTarget' }), reader({ on: 'runner' })),
        "phase 'reader' runs once, and this output has one value for each node",
      ],
      ['of a runnerPerTarget phase, in a target phase', two(writer({ on: 'runnerPerTarget' }), reader()), undefined],
      [
        'of a runner phase, in a runnerPerTarget phase',
        two(writer({ on: 'runner' }), reader({ on: 'runnerPerTarget' })),
        undefined,
      ],
    ])('%s', (_what, groups, reason) => {
      const found = complaints({ groups });
      if (reason === undefined) expect(found).toEqual([]);
      else {
        expect(found).toHaveLength(1);
        expect(found[0]).toContain(`outputs.w.v has no value here: ${reason}`);
      }
    });

    it('that nothing declares are unknown, with the likely one', () => {
      const wrong = both(
        { id: 'w', outputs: { value: {} } },
        { id: 'r', when: 'outputs.w.vlaue == "" || outputs.x.value == ""' },
      );
      const places = errorOf(() => parseJob(document({ groups: wrong }))).places;
      expect(places.map((place) => [place.message, place.suggestion])).toEqual([
        ["operation 'w' has no output 'vlaue'", "Did you mean 'value'?"],
        ["there is no operation 'x'", 'There are w, r.'],
      ]);
    });
  });

  describe('params', () => {
    it.each<[string, Record<string, unknown>, string | undefined]>([
      ['a text default', { default: 'x' }, undefined],
      ['a number for a text', { default: 3 }, '/default: expected a text, found the number 3'],
      ['a text for a number', { type: 'number', default: '3' }, "/default: expected a number, found '3'"],
      ['a default that breaks the pattern', { pattern: '^a$', default: 'b' }, "/default: 'b' does not match ^a$"],
      [
        'a default that is no option',
        { type: 'enum', options: ['a', 'b'], default: 'c' },
        "/default: 'c' is not one of a, b",
      ],
      ['list options', { type: 'list', options: ['a', 'b'], default: ['a', 'c'] }, "/default: 'c' is not one of a, b"],
      ['an enum without options', { type: 'enum' }, ": an enum needs 'options'"],
      ['a wrong pattern', { pattern: '(' }, '/pattern: is not a regular expression'],
      ['a pattern with needless escapes', { pattern: '^[a\\_\\-]+$', default: 'a-_' }, undefined],
      ['a pattern for a number', { type: 'number', pattern: '1' }, "/pattern: 'pattern' means nothing for a number"],
      ['a min for a boolean', { type: 'boolean', min: 1 }, "/min: 'min' means nothing for a boolean"],
      ['min above max', { type: 'number', min: 2, max: 1 }, '/max: must not be less than min, 2'],
      ['a default below min', { type: 'number', min: 2, default: 1 }, '/default: must be at least 2, found 1'],
      ['a default that is too long', { max: 2, default: 'abc' }, '/default: must have at most 2 characters, found 3'],
      ['any json default', { type: 'json', default: { a: [1, null] } }, undefined],
    ])('%s', (_what, param, complaint) => {
      expect(complaints({ params: { p: param } })).toEqual(
        complaint === undefined ? [] : [expect.stringContaining(`/spec/params/p${complaint}`)],
      );
    });
  });

  it('ends quickly on a job in which everything is wrong', () => {
    const operations = Array.from({ length: 40 }, (_, i) =>
      operation({ id: `o${i}`, args: Array.from({ length: 256 }, (_, k) => `\${{ outputs.x${i}_${k}.y }}`) }),
    );
    const start = performance.now();
    expect(complaints({ groups: [group({ phases: [phase({ operations })] })] })).toHaveLength(50);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
