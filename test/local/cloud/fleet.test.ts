import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instanceIdFor, parseFleet } from '#local/cloud/fleet.ts';

describe('parseFleet', () => {
  test('reads instances with their defaults', () => {
    expect(parseFleet('instances: [{name: web-1, cloud: aws, region: eu-central-1}]', 'f.yaml').instances).toEqual([
      {
        id: instanceIdFor('aws', 'web-1'),
        name: 'web-1',
        cloud: 'aws',
        account: '000000000000',
        region: 'eu-central-1',
        address: '127.0.0.1',
        os: 'linux',
        tags: {},
        behaviour: {},
      },
    ]);
  });

  test('makes as many instances as generate asks for, each with its own id', () => {
    const text = "generate: [{count: 1000, name: 'web-{n}', cloud: aliyun, region: cn-hangzhou, tags: {app: shop}}]";
    const { instances } = parseFleet(text, 'f.yaml');
    expect(new Set(instances.map((instance) => instance.id)).size).toBe(1_000);
    expect([instances[0]?.name, instances[999]?.name]).toEqual(['web-1', 'web-1000']);
    expect(instances.every((instance) => instance.tags['app'] === 'shop')).toBe(true);
  });

  test('an empty file is a fleet without instances', () => {
    expect(parseFleet('', 'f.yaml')).toEqual({ instances: [] });
  });

  test.each([
    [
      'an unknown key',
      'instances: [{name: a, cloud: aws, region: eu-central-1, colour: red}]',
      /f\.yaml.*instances\.0.*colour/,
    ],
    [
      'an unknown behaviour',
      'instances: [{name: a, cloud: aws, region: eu-central-1, behaviour: {lazy: true}}]',
      /instances\.0\.behaviour.*lazy/,
    ],
    ['an unknown cloud', 'instances: [{name: a, cloud: gcp, region: eu-central-1}]', /instances\.0\.cloud/],
    ['no region', 'instances: [{name: a, cloud: aws}]', /instances\.0\.region/],
    [
      'a foreign id',
      'instances: [{id: i-bp1, name: a, cloud: aws, region: eu-central-1}]',
      /i-bp1 of a is not an instance id of aws/,
    ],
    [
      'one id twice',
      'instances: [{name: a, cloud: aws, region: eu-central-1}, {name: a, cloud: aws, region: us-east-1}]',
      /same instance id/,
    ],
    [
      'a name without a number',
      'generate: [{count: 2, name: web, cloud: aws, region: eu-central-1}]',
      /generate\.0\.name.*\{n\}/,
    ],
    ['no YAML', 'instances: [', /f\.yaml is not YAML/],
  ])('refuses %s and says where', (_what, text, message) => {
    expect(() => parseFleet(text, 'f.yaml')).toThrow(message);
  });
});

test('ids made of names have the form of the cloud and are always the same', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (name) => {
      expect(instanceIdFor('aws', name)).toMatch(/^i-[0-9a-f]{17}$/);
      expect(instanceIdFor('aliyun', name)).toMatch(/^i-bp[a-z0-9]{18}$/);
      expect(instanceIdFor('aws', name)).toBe(instanceIdFor('aws', name));
    }),
  );
});
