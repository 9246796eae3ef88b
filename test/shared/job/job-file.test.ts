import { describe, expect, it } from 'vitest';
import { parseJobFile } from '#shared/job/job-file.ts';
import { errorOf } from './jobs.ts';

const good = `apiVersion: drover/v1
kind: Job
metadata: {name: roll-shop}
spec:
  params:
    version: {type: string, required: true, pattern: '^\\d+\\.\\d+\\.\\d+$'}
  targets: {where: 'node.tags.app == "shop" && node.tags.env == "prod"', exclude: 'node.tags.hold == "yes"'}
  groups:
    - name: check                                # default strategy: oneShot
      maxConcurrency: 50%
      phases:
        - name: disk
          operations:
            - {id: df, run: 'df -P / | tail -1 | awk ''{print "free=" $4}'' >> "$DROVER_OUTPUT"', outputs: {free: {default: "0"}}}
    - name: roll
      strategy: grayScale
      rounds: [1, 10%, 50%, 100%]
      soak: 30s
      maxFailures: 5%
      phases:
        - {name: announce, on: runner, round: first, operations: [{id: say, run: 'echo rolling'}]}
        - name: restart
          operations:
            - {id: stop,  run: './stop.sh',  failIgnore: true, timeout: 2m}
            - {id: start, run: './start.sh "$VERSION"', env: {VERSION: '\${{ params.version }}'}, when: 'int(outputs.df.free) > 1000'}
`;

/** [line, column, path, message, suggestion] of every place. */
const places = (text: string): readonly (readonly unknown[])[] =>
  errorOf(() => parseJobFile(text, 'j.yaml')).places.map((place) => [
    place.line,
    place.column,
    place.path,
    place.message,
    ...(place.suggestion === undefined ? [] : [place.suggestion]),
  ]);

describe('parseJobFile', () => {
  it('reads YAML and fills in defaults', () => {
    const job = parseJobFile(good, 'roll-shop.yaml');
    expect(job.spec.groups.map((group) => group.strategy)).toEqual(['oneShot', 'grayScale']);
    expect(job.spec.groups[1]?.phases[1]?.operations[1]).toMatchObject({ interpreter: 'sh', timeout: '1h', args: [] });
  });

  it('reads the same job as JSON, indented with tabs, with a byte order mark', () => {
    const job = parseJobFile(good, 'a.yaml');
    expect(parseJobFile(JSON.stringify(job), 'a.json')).toEqual(job);
    expect(parseJobFile(`\uFEFF${JSON.stringify(job, null, '\t')}`, 'a.json')).toEqual(job);
  });

  it('reads Windows line ends, and counts lines with them', () => {
    expect(parseJobFile(good.replaceAll('\n', '\r\n'), 'a.yaml').metadata.name).toBe('roll-shop');
    expect(places(good.replace('failIgnore', 'fialIgnore').replaceAll('\n', '\r\n'))[0]?.slice(0, 2)).toEqual([24, 46]);
  });

  it('takes a part repeated by an anchor', () => {
    const text = good
      .replace('operations: [{id: say', 'operations: [{env: &e {A: b}, id: say')
      .replace('{id: stop, ', '{env: *e, id: stop, ');
    const job = parseJobFile(text, 'a.yaml');
    expect(job.spec.groups[1]?.phases[1]?.operations[0]?.env).toEqual({ A: 'b' });
  });

  describe('points at what is wrong', () => {
    // What is changed to what, where the place must point, path, message, suggestion.
    it.each([
      [
        'failIgnore',
        'fialIgnore',
        'fialIgnore',
        '/spec/groups/1/phases/1/operations/0/fialIgnore',
        "'fialIgnore' is not a key of an operation",
        "Did you mean 'failIgnore'?",
      ],
      [
        'strategy: grayScale',
        'strategy: greyscale',
        'greyscale',
        '/spec/groups/1/strategy',
        "'greyscale' is not one of oneShot, grayScale",
        "Did you mean 'grayScale'?",
      ],
      [
        'timeout: 2m',
        'timeout: 120',
        '120',
        '/spec/groups/1/phases/1/operations/0/timeout',
        'expected a text, found the number 120',
        'Write it with its unit: 120s, 120m.',
      ],
      [
        'timeout: 2m',
        'timeout: 2 min',
        '2 min',
        '/spec/groups/1/phases/1/operations/0/timeout',
        "'2 min' is not a duration (such as 30s, 10m, 1h30m)",
      ],
      ['soak: 30s', 'soak:', 'soak', '/spec/groups/1/soak', 'expected a text, found nothing'],
      [
        'failIgnore: true',
        'failIgnore: yes',
        'yes, timeout',
        '/spec/groups/1/phases/1/operations/0/failIgnore',
        "expected true or false, found 'yes'",
      ],
      [
        '{id: df, run',
        '{id: df, ruin',
        'ruin',
        '/spec/groups/0/phases/0/operations/0/ruin',
        "'ruin' is not a key of an operation",
        "Did you mean 'run'?",
      ],
      [
        '- name: disk\n',
        '- name: disk\n          timeout: 1m\n',
        'timeout: 1m',
        '/spec/groups/0/phases/0/timeout',
        "'timeout' is not a key of a phase",
        "'timeout' is a key of an operation.",
      ],
      [
        'metadata: {name: roll-shop}',
        'metadata: {name: roll-shop, owner: me}',
        'owner',
        '/metadata/owner',
        "'owner' is not a key of metadata",
        'Keys here: name, description, labels.',
      ],
      [
        'maxConcurrency: 50%',
        'maxConcurrency: half',
        'half',
        '/spec/groups/0/maxConcurrency',
        "'half' is not an amount (a count, or a percentage such as 10%)",
      ],
      [
        'maxConcurrency: 50%',
        'maxConcurrency: 150%',
        '150%',
        '/spec/groups/0/maxConcurrency',
        "'150%' is not an amount (a count, or a percentage such as 10%)",
      ],
      [
        'maxConcurrency: 50%',
        'maxConcurrency: -1',
        '-1\n',
        '/spec/groups/0/maxConcurrency',
        'must be at least 0, found the number -1',
      ],
      [
        'maxConcurrency: 50%',
        'maxConcurrency: [1]',
        '[1]',
        '/spec/groups/0/maxConcurrency',
        'a list is not an amount (a count, or a percentage such as 10%)',
      ],
      ['rounds: [1, 10%, 50%, 100%]', 'rounds: []', '[]', '/spec/groups/1/rounds', 'must have at least 1 item'],
      [
        'rounds: [1, 10%, 50%, 100%]',
        'roundCount: 1.5',
        '1.5',
        '/spec/groups/1/roundCount',
        'expected a whole number, found the number 1.5',
      ],
      [
        'rounds: [1, 10%, 50%, 100%]',
        'rounds: [1, 50%, 10%]',
        '10%]',
        '/spec/groups/1/rounds/2',
        'rounds say where each ends, so this must be more than 50%',
      ],
      [
        'rounds: [1, 10%, 50%, 100%]',
        'rounds: {a: 1}',
        '{a: 1}',
        '/spec/groups/1/rounds',
        'expected a list, found a map',
      ],
      [
        'apiVersion: drover/v1',
        'apiVersion: drover/v2',
        'drover/v2',
        '/apiVersion',
        "expected drover/v1, found 'drover/v2'",
      ],
      [
        'id: say',
        'id: 1st',
        '1st',
        '/spec/groups/1/phases/0/operations/0/id',
        "'1st' is not an operation id (a letter or _, then letters, digits, _; at most 64 characters)",
      ],
      [
        'VERSION: ',
        'MY-VERSION: ',
        'MY-VERSION',
        '/spec/groups/1/phases/1/operations/1/env/MY-VERSION',
        "'MY-VERSION' is not a variable name (a letter or _, then letters, digits, _)",
      ],
      [
        'params.version }}',
        'params.verison }}',
        'params.verison',
        '/spec/groups/1/phases/1/operations/1/env/VERSION',
        "there is no param 'verison'",
        "Did you mean 'version'?",
      ],
      [
        'outputs.df.free',
        'outputs.dff.free',
        'outputs.dff',
        '/spec/groups/1/phases/1/operations/1/when',
        "there is no operation 'dff'",
        "Did you mean 'df'?",
      ],
      [
        'outputs.df.free',
        'outputs.df.fre',
        'outputs.df',
        '/spec/groups/1/phases/1/operations/1/when',
        "operation 'df' has no output 'fre'",
        "Did you mean 'free'?",
      ],
      [
        'node.tags.hold == "yes"',
        'true || nod.tags.hold == "yes"',
        'nod.',
        '/spec/targets/exclude',
        "in this condition: Unknown name 'nod'",
        "Did you mean 'node'?",
      ],
      [
        './stop.sh',
        'echo ${{ params.version }}',
        "${{ params.version }}',  failIgnore",
        '/spec/groups/1/phases/1/operations/0/run',
        "'${{' is not replaced here",
        'Give the value to the script as data: env: {NAME: ${{ … }}} and "$NAME" in the script, or args.',
      ],
      [
        '{type: string, required',
        '{<<: 1, type: string, required',
        '<<',
        '/spec/params/version/<<',
        "'<<' is not a key of a param",
        'Merge keys are not part of YAML 1.2: write the keys out.',
      ],
      [
        '{type: string, required',
        '{type: strnig, required',
        'strnig',
        '/spec/params/version/type',
        "'strnig' is not one of string, number, boolean, enum, list, json, date, file, node, secret",
        "Did you mean 'string'?",
      ],
    ])('%s written as %s', (from, to, needle, ...expected: readonly string[]) => {
      expect(good).toContain(from);
      const text = good.replace(from, () => to);
      const before = text.slice(0, text.indexOf(needle)).split('\n');
      const position = [before.length, (before.at(-1) ?? '').length + 1];
      expect(places(text)).toContainEqual([...position, ...expected]);
    });

    it('where a part is missing, at the map it is missing from', () => {
      expect(places(good.replace("id: stop,  run: './stop.sh', ", 'id: stop, '))).toEqual([
        [
          24,
          15,
          '/spec/groups/1/phases/1/operations/0',
          "operation 'stop' does nothing",
          "Give it a script under 'run', or one of use, echo, setEnv, fail, aggregate, extract, maintenanceWindow, wait, waitInput, approve, httpCheck, if, forEach.",
        ],
      ]);
      expect(places('kind: Job\n').map((place) => place[3])).toEqual([
        "'apiVersion' is missing (drover/v1)",
        "'metadata' is missing (a map)",
        "'spec' is missing (a map)",
      ]);
    });

    it('all at once, in the order of the file', () => {
      const text = good
        .replace('kind: Job', 'kind: Jbo')
        .replace('maxFailures: 5%', 'maxFailures: 500%')
        .replace('soak', 'soka')
        .replace('on: runner', 'on: runer');
      expect(places(text).map((place) => [place[0], place[2]])).toEqual([
        [2, '/kind'],
        [18, '/spec/groups/1/soka'],
        [19, '/spec/groups/1/maxFailures'],
        [21, '/spec/groups/1/phases/0/on'],
      ]);
    });

    it('inside a text of several lines, at its beginning when the file escapes it', () => {
      const folded = good.replace("when: 'int(outputs.df.free) > 1000'", 'when: "true &&\\n  params.nope"');
      const line = folded.split('\n')[24] ?? '';
      expect(places(folded)).toEqual([
        [
          25,
          line.indexOf('"true') + 1,
          '/spec/groups/1/phases/1/operations/1/when',
          "there is no param 'nope'",
          'There are version.',
        ],
      ]);
    });

    it('at most 50 times', () => {
      const keys = Array.from({ length: 80 }, (_, index) => `key${index}: 1\n`).join('');
      const error = errorOf(() => parseJobFile(good + keys, 'j.yaml'));
      expect(error.places).toHaveLength(50);
      expect(error.message).toBe('j.yaml has 80 problems');
      expect(error.places[49]).toMatchObject({ path: '/key49', line: 75, column: 1, file: 'j.yaml' });
    });
  });

  describe('refuses as no YAML', () => {
    it.each([
      ['a key given twice', good.replace('kind: Job', 'kind: Job\nkind: Job'), 3, 1, "The key 'kind' is there twice"],
      ['a JSON key given twice', '{"a": 1,\n "a": 2}', 2, 2, "The key 'a' is there twice"],
      ['tabs', 'spec:\n\tgroups: []\n', 2, 1, 'Tabs are not allowed as indentation'],
      ['two documents', 'a: 1\n---\nb: 2\n', 2, 1, 'The file holds more than one document'],
      ['a tag', 'a: !!js/function x\n', 1, 4, 'Unresolved tag: tag:yaml.org,2002:js/function'],
      ['binary', 'a: !!binary aGVsbG8=\n', 1, 4, 'Unresolved tag: tag:yaml.org,2002:binary'],
      ['a list as key', '? [a]\n: 1\n', 1, 3, 'A key must be a plain text'],
      ['an anchor as key', 'a: &x b\n*x : 1\n', 2, 1, 'A key must be a plain text'],
      ['YAML 1.1', '%YAML 1.1\n---\na: yes\n', 1, 1, 'Only YAML 1.2 is read'],
      ['an unclosed quote', 'a: "x\nb: 1\n', 3, 1, 'Missing closing "quote'],
      ['a missing anchor', 'a: *nope\n', 1, 4, 'There is no anchor &nope before this'],
      ['wild indentation', 'a:\n  b: 1\n c: 2\n', 3, 1, 'All mapping items must start at the same column'],
      ['a text that is too long', 'a'.repeat(1_048_577), 1, 1, 'A job file has at most 1048576 characters'],
    ])('%s', (_what, text, ...place) => {
      const error = errorOf(() => parseJobFile(text, 'j.yaml'));
      expect(error.code).toBe('job.syntax');
      const [at] = error.places;
      expect([at?.line, at?.column, at?.message, at?.file]).toEqual([...place, 'j.yaml']);
    });
  });

  describe('ends quickly on', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...['b', 'c', 'd', 'e', 'f', 'g', 'h'].map(
        (name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(',')}]`,
      ),
    ];
    it.each([
      ['an alias bomb', bomb.join('\n')],
      ['an anchor inside itself', '&a [*a, *a]'],
      ['a map inside itself', 'a: &a {b: *a, c: *a}'],
      ['many aliases', `a: &a 1\nb: [${'*a,'.repeat(20_000)}1]`],
      ['deep lists', '['.repeat(100_000)],
      ['deep maps', '{a: '.repeat(50_000)],
      ['deep dashes', '- '.repeat(50_000)],
      ['deep lists that close', `${'['.repeat(200)}${']'.repeat(200)}`],
      ['thousands of keys', Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join('\n')],
      ['thousands of equal keys', 'a: 1\n'.repeat(20_000)],
      ['nothing', ''],
      ['a null byte', 'a: \u0000'],
      ['lone surrogates', 'a: "\ud800"'],
      ['__proto__', '__proto__: {x: 1}\nconstructor: 1'],
    ])('%s', (_what, text) => {
      const start = performance.now();
      const error = errorOf(() => parseJobFile(text, 'j.yaml'));
      expect(error.code).toMatch(/^job\.(?:syntax|invalid)$/);
      expect(error.places.length).toBeLessThanOrEqual(50);
      expect(performance.now() - start).toBeLessThan(15_000);
    });
  });
});
