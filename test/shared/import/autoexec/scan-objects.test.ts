import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanObjects } from '#shared/import/autoexec/scan-objects.ts';
import { importError } from './old-job.ts';

const layouts: Readonly<Record<string, (objects: readonly object[]) => string>> = {
  'one a line': (objects) => objects.map((object) => `${JSON.stringify(object)}\n`).join(''),
  'one a line with CRLF and blank lines': (objects) => objects.map((o) => `${JSON.stringify(o)}\r\n\r\n`).join(''),
  'all on one line': (objects) => objects.map((object) => JSON.stringify(object)).join(' '),
  'nothing between': (objects) => objects.map((object) => JSON.stringify(object)).join(''),
  'commas between': (objects) => objects.map((object) => JSON.stringify(object)).join(',\n'),
  'spread over lines': (objects) => objects.map((object) => JSON.stringify(object, null, 2)).join('\n'),
  'spread over lines with tabs and CRLF': (objects) =>
    objects.map((object) => JSON.stringify(object, null, '\t').replaceAll('\n', '\r\n')).join('\r\n'),
  'a list': (objects) => JSON.stringify(objects),
  'a list over lines': (objects) => JSON.stringify(objects, null, 4),
  'a byte order mark': (objects) => `\uFEFF${objects.map((object) => JSON.stringify(object)).join('\n')}`,
};

const objectArbitrary = fc.dictionary(
  fc.string({ unit: 'grapheme' }),
  fc.oneof(fc.jsonValue(), fc.constantFrom('{', '}"', '\\', '"{[', ']', '\n', 'ü{节点}')),
);

describe('scanObjects', () => {
  it.each(Object.entries(layouts))('reads back any objects written as %s', (_name, print) => {
    fc.assert(
      fc.property(fc.array(objectArbitrary, { maxLength: 8 }), (objects) => {
        const written = objects.map((object) => JSON.stringify(object));
        const found = scanObjects(print(objects), 'n').map(({ text }) => JSON.stringify(JSON.parse(text)));
        expect(found).toEqual(written);
      }),
    );
  });

  it('knows the line and column where each object begins', () => {
    const text = '{"a":\n1} {"b":2},\r\n  {"c":"}"}';
    expect(scanObjects(text, 'n').map(({ line, column }) => [line, column])).toEqual([
      [1, 1],
      [2, 4],
      [3, 3],
    ]);
  });

  it.each([
    ['{"a":1}\n{"b":', 2, 1, /not closed/],
    ['{"a":1}\n  x', 2, 3, /expected an object/],
    ['[{"a":1}', 1, 9, /list is not closed/],
    ['{"a":1}]', 1, 8, /not opened/],
    ['[[{"a":1}]]', 1, 2, /list inside a list/],
    ['{"a":"}', 1, 1, /not closed/],
    ['null', 1, 1, /expected an object/],
  ])('refuses %j at line %i, column %i', (text, line, column, message) => {
    const { code, places } = importError(() => scanObjects(text, 'nodes.json'));
    expect(code).toBe('import.invalid');
    expect(places).toEqual([{ file: 'nodes.json', line, column, message: expect.stringMatching(message) }]);
  });

  it('scans 10,000 nodes without being noticed', () => {
    const line = '{"resourceId": 1, "nodeName": "a node with a name", "host": "10.0.0.1", "port": 22, "runnerId": 1}\n';
    const startedMs = performance.now();
    expect(scanObjects(line.repeat(10_000), 'n')).toHaveLength(10_000);
    expect(performance.now() - startedMs).toBeLessThan(1000);
  });
});
