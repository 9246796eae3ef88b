import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  aliyunAccountsSchema,
  aliyunAccountsText,
  aliyunRoleOf,
  awsAccountsSchema,
  awsAccountsText,
  awsRoleOf,
  partitionOf,
} from '#shared/config/accounts.ts';

const digits = (length: number) => fc.stringMatching(new RegExp(`^\\d{${length}}$`));
const regions = fc.option(fc.constant(['eu-west-1', 'cn-north-1']), { nil: undefined });
const externalId = fc.option(fc.stringMatching(/^[\w+=,.@:/-]{2,40}$/), { nil: undefined });
const role = fc.constantFrom('DroverTarget', 'ops/Runner', undefined);

const unlessAbsent = (entry: object) =>
  Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined));

describe('accounts in a variable', () => {
  it('are read as they were configured, whatever is left out', () => {
    const entries = fc.uniqueArray(fc.record({ account: digits(12), role, regions, externalId }), {
      maxLength: 8,
      selector: ({ account }) => account,
    });
    fc.assert(
      fc.property(entries, (given) => {
        const accounts = awsAccountsSchema.parse(given.map(unlessAbsent));
        expect(awsAccountsSchema.parse(JSON.parse(awsAccountsText(accounts)))).toEqual(accounts);
      }),
    );
  });

  it('of Alibaba Cloud keep a role of any name', () => {
    const accounts = aliyunAccountsSchema.parse([{ account: '12345', regions: ['cn-hangzhou'], role: 'DroverTarget' }]);
    expect(JSON.parse(aliyunAccountsText(accounts))).toEqual(accounts);
  });
});

describe('the role of an account', () => {
  it.each([
    ['eu-west-1', 'DroverTarget', 'arn:aws:iam::222222222222:role/DroverTarget'],
    ['cn-north-1', 'ops/Runner', 'arn:aws-cn:iam::222222222222:role/ops/Runner'],
    ['us-gov-west-1', '/ops/Runner', 'arn:aws-us-gov:iam::222222222222:role/ops/Runner'],
    ['eu-west-1', 'arn:aws:iam::222222222222:role/a', 'arn:aws:iam::222222222222:role/a'],
  ])('of AWS is in the partition of %s: %s', (region, name, arn) => {
    expect(awsRoleOf({ account: '222222222222', role: name }, partitionOf(region))).toBe(arn);
  });

  it.each([
    ['Drover', 'acs:ram::12345:role/Drover'],
    ['acs:ram::12345:role/Drover', 'acs:ram::12345:role/Drover'],
  ])('of Alibaba Cloud: %s', (name, arn) => {
    expect(aliyunRoleOf({ account: '12345', role: name })).toBe(arn);
  });
});
