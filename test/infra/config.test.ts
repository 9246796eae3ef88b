import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { configKeys, readConfig } from '#infra/config.ts';

const read = (context: Readonly<Record<string, unknown>>) => readConfig((key) => context[key]);

describe('the configuration of a deployment', () => {
  it('has a value for everything', () => {
    expect(read({})).toEqual({
      stage: 'dev',
      retentionDays: 90,
      historyDays: 400,
      firingDays: 90,
      inventorySeconds: 300,
      logDays: 30,
      aliyunRegions: [],
      secretParameters: ['/drover/secrets/'],
      secretNames: ['drover/secrets/'],
      secretKeys: [],
      reserveConcurrency: true,
    });
  });

  it('reads what the command line gives, which is text', () => {
    const given = {
      stage: 'prod',
      retentionDays: '30',
      historyDays: '100',
      logDays: '7',
      awsRegions: 'eu-west-1,us-east-1',
      aliyunRegions: 'cn-hangzhou',
      aliyunParameter: '/drover/aliyun',
      secretParameters: '/shop/,/web-',
      secretNames: '',
      secretKeys: 'arn:aws:kms:eu-west-1:000000000000:key/abc',
      removal: 'destroy',
      reserveConcurrency: 'false',
      oidcIssuer: 'https://issuer.example/realm',
      oidcAudience: 'drover',
    };
    expect(read(given)).toEqual({
      stage: 'prod',
      retentionDays: 30,
      historyDays: 100,
      firingDays: 90,
      inventorySeconds: 300,
      logDays: 7,
      awsRegions: ['eu-west-1', 'us-east-1'],
      aliyunRegions: ['cn-hangzhou'],
      aliyunParameter: '/drover/aliyun',
      secretParameters: ['/shop/', '/web-'],
      secretNames: [],
      secretKeys: ['arn:aws:kms:eu-west-1:000000000000:key/abc'],
      removal: 'destroy',
      reserveConcurrency: false,
      oidcIssuer: 'https://issuer.example/realm',
      oidcAudience: 'drover',
    });
  });

  it.each([
    ['stage', 'Prod!'],
    ['retentionDays', 'ninety'],
    ['logDays', '8'],
    ['awsRegions', 'eu-west-1;us-east-1'],
    ['aliyunParameter', 'a b'],
    ['aliyunParameter', '/drover/secrets/aliyun'],
    ['secretParameters', '/a b/'],
    ['secretKeys', 'alias/mine'],
    ['removal', 'maybe'],
    ['reserveConcurrency', 'perhaps'],
    ['oidcIssuer', 'http://issuer.example'],
    ['oidcAudience', 'drover'],
  ])('names %s when it is wrong', (key, value) => {
    expect(() => read({ [key]: value })).toThrow(key);
  });

  it('asks for the credentials when Alibaba Cloud is a target', () => {
    expect(() => read({ aliyunRegions: 'cn-hangzhou' })).toThrow('aliyunParameter');
  });
});

it('has every key explained in docs/operations.md', () => {
  const rows = readFileSync('docs/operations.md', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  const explained = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, key]) => key));
  for (const key of configKeys) expect(explained).toContain(key);
});
