import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { configKeys, consoleClientOf, readConfig } from '#infra/config.ts';

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
      awsAccounts: [],
      aliyunRegions: [],
      aliyunAccounts: [],
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
      consoleClientId: 'drover-console',
      consoleScope: 'openid api://drover/use',
    };
    expect(read(given)).toEqual({
      stage: 'prod',
      retentionDays: 30,
      historyDays: 100,
      firingDays: 90,
      inventorySeconds: 300,
      logDays: 7,
      awsRegions: ['eu-west-1', 'us-east-1'],
      awsAccounts: [],
      aliyunRegions: ['cn-hangzhou'],
      aliyunAccounts: [],
      aliyunParameter: '/drover/aliyun',
      secretParameters: ['/shop/', '/web-'],
      secretNames: [],
      secretKeys: ['arn:aws:kms:eu-west-1:000000000000:key/abc'],
      removal: 'destroy',
      reserveConcurrency: false,
      oidcIssuer: 'https://issuer.example/realm',
      oidcAudience: 'drover',
      consoleClientId: 'drover-console',
      consoleScope: 'openid api://drover/use',
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
    ['consoleClientId', 'drover-console'],
    ['consoleScope', 'openid'],
  ])('names %s when it is wrong', (key, value) => {
    expect(() => read({ [key]: value })).toThrow(key);
  });

  it('takes scopes of the console as issuers write them', () => {
    const given = { oidcIssuer: 'https://id.example', oidcAudience: 'drover', consoleClientId: 'c' };
    expect(consoleClientOf(read(given))).toEqual({
      ...{ issuer: 'https://id.example', audience: 'drover', clientId: 'c' },
      scope: 'openid',
    });
    expect(consoleClientOf(read({ oidcIssuer: 'https://id.example', oidcAudience: 'drover' }))).toBeUndefined();
    for (const consoleScope of ['', 'a  b', ' a', 'a\nb', 'ä'])
      expect(() => read({ ...given, consoleScope })).toThrow('consoleScope');
  });

  it('asks for the credentials when Alibaba Cloud is a target', () => {
    expect(() => read({ aliyunRegions: 'cn-hangzhou' })).toThrow('aliyunParameter');
    const byRole = [{ account: '1234567890123456', regions: ['cn-hangzhou'], role: 'Drover' }];
    expect(() => read({ aliyunAccounts: byRole })).toThrow('aliyunParameter');
    expect(read({ aliyunAccounts: byRole, aliyunSecret: 'drover-aliyun' })).toMatchObject({ aliyunAccounts: byRole });
    expect(() => read({ aliyunSecret: 'a', aliyunParameter: 'b' })).toThrow('aliyunSecret');
  });
});

describe('other accounts', () => {
  const arn = (account: string) => `arn:aws:iam::${account}:role/path/Runner`;

  it('are read from a list or its text, with the default role', () => {
    const accounts = [{ account: '222222222222' }, { account: '333333333333', role: arn('333333333333') }];
    const expected = [{ account: '222222222222', role: 'DroverTarget' }, accounts[1]];
    expect(read({ awsAccounts: accounts }).awsAccounts).toEqual(expected);
    expect(read({ awsAccounts: JSON.stringify(accounts) }).awsAccounts).toEqual(expected);
  });

  it.each<[string, unknown, string]>([
    ['no JSON', '[', 'is not JSON'],
    ['no list', { account: '222222222222' }, 'awsAccounts'],
    ['a number', [{ account: 222222222222 }], 'awsAccounts[0].account'],
    ['too short an id', [{ account: '2222' }], 'awsAccounts[0].account'],
    ['one that is there twice', [{ account: '222222222222' }, { account: '222222222222' }], 'awsAccounts[1].account'],
    ['a role of another account', [{ account: '222222222222', role: arn('333333333333') }], 'awsAccounts[0].role'],
    ['no role', [{ account: '222222222222', role: 'arn:aws:iam::222222222222:user/ann' }], 'awsAccounts[0].role'],
    ['no regions', [{ account: '222222222222', regions: [] }], 'awsAccounts[0].regions'],
    ['a wrong region', [{ account: '222222222222', regions: ['Ireland'] }], 'awsAccounts[0].regions[0]'],
    ['an external id with a space', [{ account: '222222222222', externalId: 'a b' }], 'awsAccounts[0].externalId'],
    ['an unknown word', [{ account: '222222222222', roleArn: arn('222222222222') }], 'roleArn'],
    [
      'more than a variable takes',
      Array.from({ length: 100 }, (_, index) => ({ account: String(222222222222 + index) })),
      'at most 1500',
    ],
  ])('are refused with their place: %s', (_, awsAccounts, place) => {
    expect(() => read({ awsAccounts })).toThrow(place);
  });

  it('are not the own one, where that is known', () => {
    const context: Readonly<Record<string, unknown>> = { awsAccounts: [{ account: '222222222222' }] };
    expect(() => readConfig((key) => context[key], '222222222222')).toThrow('awsAccounts[0].account');
    expect(readConfig((key) => context[key], '111111111111').awsAccounts).toHaveLength(1);
  });

  const aliyun = { account: '1234567890123456', regions: ['cn-hangzhou'] };

  it.each<[string, object, string]>([
    ['no key', {}, 'aliyunAccounts[0].secret'],
    ['two keys', { secret: 'a', parameter: 'b' }, 'aliyunAccounts[0].parameter'],
    ['a role of another account', { role: 'acs:ram::6543210987654321:role/Drover' }, 'aliyunAccounts[0].role'],
    ['an external id without a role', { secret: 'a', externalId: 'x-1' }, 'aliyunAccounts[0].externalId'],
    ['no regions', { secret: 'a', regions: [] }, 'aliyunAccounts[0].regions'],
    ['a secret that jobs can read', { secret: 'drover/secrets/aliyun' }, 'aliyunAccounts[0].secret'],
    ['a parameter that jobs can read', { parameter: '/drover/secrets/aliyun' }, 'aliyunAccounts[0].parameter'],
  ])('of Alibaba Cloud are refused with their place: %s', (_, entry, place) => {
    const context = { aliyunAccounts: [{ ...aliyun, ...entry }], aliyunParameter: '/drover/aliyun' };
    expect(() => read(context)).toThrow(place);
  });

  it('keep the secret of the own account of Alibaba Cloud from jobs', () => {
    expect(() => read({ aliyunSecret: 'drover/secrets/aliyun' })).toThrow('aliyunSecret');
  });
});

it('has every key explained in docs/operations.md', () => {
  const rows = readFileSync('docs/operations.md', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  const explained = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, key]) => key));
  for (const key of configKeys) expect(explained).toContain(key);
});
