import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { InventoryNode } from '#shared/model/node.ts';
import { importError, importJob, instance, noticeLines, oldJob, oldOperation } from './old-job.ts';

const job = oldJob([oldOperation()]);
const importNodes = (text: string, inventory: readonly InventoryNode[]) =>
  importJob(job, { nodes: { text, fileName: 'nodes.json' }, inventory });
const fixture = (name: string): string => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');

const fleet = [1, 2, 3].map((number) =>
  instance({
    id: `i-${number}`,
    name: number === 2 ? '节点-2' : `web-${number}`,
    host: `10.0.0.${number}`,
    tags: { app: 'shop' },
    account: '123456789012',
  }),
);

describe('layouts of the nodes file', () => {
  it.each([
    'lines-with-header.jsonl',
    'lines-without-header.jsonl',
    'crlf-and-bom.jsonl',
    'several-on-a-line.jsonl',
    'spread-over-lines.jsonl',
    'list.jsonl',
    'commas-between.jsonl',
  ])('reads %s', (name) => {
    const { nodes } = importNodes(fixture(name), fleet);
    expect(
      nodes?.map(({ id, name: nodeName, host, port, instanceId }) => ({ id, nodeName, host, port, instanceId })),
    ).toEqual([
      { id: '101', nodeName: 'web-1', host: '10.0.0.1', port: 22, instanceId: 'i-1' },
      { id: '102', nodeName: '节点-2', host: '10.0.0.2', port: 22, instanceId: 'i-2' },
      { id: '103', nodeName: 'web-3', host: '10.0.0.3', port: 22, instanceId: 'i-3' },
    ]);
  });
});

describe('matching', () => {
  it('takes how to reach a node from the inventory and who it is from the file', () => {
    const { nodes } = importNodes(
      '{"resourceId": 7, "nodeName": "web-1", "nodeType": "Tomcat", "host": "1.2.3.4", "port": "8080"}',
      fleet,
    );
    expect(nodes).toEqual([
      {
        id: '7',
        name: 'web-1',
        type: 'Tomcat',
        host: '1.2.3.4',
        port: 8080,
        agent: 'aws',
        account: '123456789012',
        region: 'eu-central-1',
        instanceId: 'i-1',
        os: 'linux',
        tags: { app: 'shop' },
      },
    ]);
  });

  it.each([
    ['an instance id', '{"resourceId": "i-3", "nodeName": "web-1", "host": "10.0.0.2"}', 'i-3'],
    ['a name, before the address', '{"resourceId": 1, "nodeName": "web-1", "host": "10.0.0.2"}', 'i-1'],
    ['an address', '{"resourceId": 1, "nodeName": "other", "host": "10.0.0.2"}', 'i-2'],
  ])('goes by %s', (_by, text, instanceId) => {
    expect(importNodes(text, fleet).nodes?.[0]?.instanceId).toBe(instanceId);
  });

  it('tells when name and address are of different instances', () => {
    const lines = noticeLines(importNodes('{"resourceId": 1, "nodeName": "web-1", "host": "10.0.0.2"}', fleet));
    expect(lines).toContainEqual(expect.stringMatching(/^nodes\[0\]: .*the name counts/));
  });

  it('lets two services share an instance', () => {
    const text =
      '{"resourceId": 1, "nodeName": "web-1", "host": "", "port": 80}{"resourceId": 2, "nodeName": "web-1", "host": "", "port": 81}';
    const { nodes } = importNodes(text, [...fleet, instance({ id: 'web-1-b', name: 'web-1', instanceId: 'i-1' })]);
    expect(nodes?.map(({ id, port, instanceId }) => [id, port, instanceId])).toEqual([
      ['1', 80, 'i-1'],
      ['2', 81, 'i-1'],
    ]);
  });

  it('settles a shared name by the address, and refuses it otherwise, naming the candidates', () => {
    const twins = [
      instance({ id: 'i-7', name: 'web', host: '10.1.0.7' }),
      instance({ id: 'i-8', name: 'web', host: '10.1.0.8' }),
    ];
    expect(importNodes('{"resourceId": 1, "nodeName": "web", "host": "10.1.0.8"}', twins).nodes?.[0]?.instanceId).toBe(
      'i-8',
    );
    const { code, places } = importError(() =>
      importNodes('{"resourceId": 1, "nodeName": "web", "host": "10.9.9.9"}', twins),
    );
    expect(code).toBe('import.node-unmatched');
    expect(places[0]?.message).toMatch(/could be i-7 \(eu-central-1, 10.1.0.7\), i-8/);
  });

  it('names every node that is not in the inventory', () => {
    const text =
      '{"totalCount": 3}\n{"resourceId": 1, "nodeName": "web-1"}\n{"resourceId": 2, "nodeName": "gone", "host": "10.9.9.9"}\n\n{"resourceId": 3, "host": "x"}';
    const { code, places } = importError(() => importNodes(text, fleet));
    expect(code).toBe('import.node-unmatched');
    expect(places.map(({ file, line, message }) => [file, line, message])).toEqual([
      ['nodes.json', 3, expect.stringMatching(/resourceId 2, nodeName "gone", host "10.9.9.9"/)],
      ['nodes.json', 5, expect.stringMatching(/resourceId 3/)],
    ]);
  });

  it('keeps every digit of a long resourceId', () => {
    const text =
      '{"note": "0.12345678901234567890", "resourceId": 12345678901234567890, "nodeName": "web-1", "load": 0.12345678901234567}';
    expect(importNodes(text, fleet).nodes?.[0]?.id).toBe('12345678901234567890');
  });

  it('matches 10,000 nodes against 10,000 instances quickly', () => {
    const numbers = Array.from({ length: 10_000 }, (_, index) => index);
    const inventory = numbers.map((number) => instance({ id: `i-${number}`, name: `n${number}`, host: `h${number}` }));
    const text = numbers
      .map((number) =>
        JSON.stringify({
          resourceId: number + 1,
          nodeName: `n${number}`,
          host: `h${number}`,
          port: 1,
          runnerId: 1,
          protocol: 'ssh',
        }),
      )
      .join('\n');
    const startedMs = performance.now();
    const imported = importNodes(text, inventory);
    expect(imported.nodes).toHaveLength(10_000);
    expect(performance.now() - startedMs).toBeLessThan(5000);
    expect(imported.notices.length).toBeLessThan(10);
    expect(noticeLines(imported)).toContainEqual(expect.stringMatching(/runnerId is not carried over.*10000 times/));
  });
});

describe('mistakes in the nodes file', () => {
  it.each([
    [
      'a repeated resourceId',
      '{"resourceId": 1, "nodeName": "web-1"}\n{"resourceId": 1, "nodeName": "web-3"}',
      [2, 1],
      /already that of the node in line 1/,
    ],
    ['a missing resourceId', '{"nodeName": "web-1"}', [1, 1], /must be the id/],
    ['a bad port', '{"resourceId": 1, "nodeName": "web-1", "port": 99999}', [1, 1], /0 to 65535/],
    ['a syntax error', '{"resourceId": 1}\n{"resourceId": 2,\n "host": oops}', [3, 10], /not valid JSON/],
    ['a syntax error in the first line', '  {"resourceId": oops}', [1, 18], /not valid JSON/],
    ['a Python dict', "{'resourceId': 1}", [1, 1], /strict JSON/],
    ['no node', '{"totalCount": 0, "localRunnerId": 1}', [1, 1], /holds no node/],
    ['nothing', '\n', [1, 1], /holds no node/],
  ])('refuses %s at its place', (_what, text, [line, column], message) => {
    const { code, places } = importError(() => importNodes(text, fleet));
    expect(code).toBe('import.invalid');
    expect(places[0]).toMatchObject({ file: 'nodes.json', line, column, message: expect.stringMatching(message) });
  });

  it('tells when the header counts otherwise', () => {
    const lines = noticeLines(importNodes('{"totalCount": 5}{"resourceId": 1, "nodeName": "web-1"}', fleet));
    expect(lines).toContainEqual(expect.stringMatching(/the header says 5 nodes, the file has 1/));
  });
});
