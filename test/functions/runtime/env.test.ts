import { describe, expect, it } from 'vitest';
import {
  isDebugging,
  readApiEnv,
  readBucketEnv,
  readCloudsEnv,
  readInventoryEnv,
  readMachineEnv,
  readTableEnv,
} from '#functions/runtime/env.ts';

const arn = 'arn:aws:states:eu-west-1:111122223333:stateMachine:drover';

describe('the environment of a function', () => {
  it('says where the table is and how long things are kept', () => {
    expect(readTableEnv({ DROVER_TABLE: 't', DROVER_RETENTION_DAYS: '2' })).toEqual({
      tableName: 't',
      retentionSeconds: 172_800,
    });
    expect(readTableEnv({ DROVER_TABLE: 't' })).toEqual({ tableName: 't' });
    expect(readTableEnv({ DROVER_TABLE: 't', DROVER_RETENTION_DAYS: '' })).toEqual({ tableName: 't' });
  });

  it('says where blobs and machine are', () => {
    expect(readBucketEnv({ DROVER_BUCKET: 'b', DROVER_KEY_PREFIX: 'blobs/' })).toEqual({
      bucket: 'b',
      keyPrefix: 'blobs/',
    });
    expect(readBucketEnv({ DROVER_BUCKET: 'b' })).toEqual({ bucket: 'b', keyPrefix: '' });
    expect(readMachineEnv({ DROVER_STATE_MACHINE_ARN: arn })).toEqual({ stateMachineArn: arn });
    expect(readApiEnv({ DROVER_VERSION: '1.2.3' })).toEqual({ version: '1.2.3' });
  });

  it('says how old a reading of the clouds may be; runs bear no older one than lists', () => {
    expect(readInventoryEnv({})).toEqual({ shownSeconds: 300, plannedSeconds: 60 });
    expect(readInventoryEnv({ DROVER_INVENTORY_SECONDS: '20' })).toEqual({ shownSeconds: 20, plannedSeconds: 20 });
    expect(readInventoryEnv({ DROVER_INVENTORY_SECONDS: '0' })).toEqual({ shownSeconds: 0, plannedSeconds: 0 });
    expect(() => readInventoryEnv({ DROVER_INVENTORY_SECONDS: 'soon' })).toThrow(/DROVER_INVENTORY_SECONDS/);
  });

  it('lists the regions of both clouds', () => {
    expect(
      readCloudsEnv({
        DROVER_AWS_REGIONS: 'eu-west-1, us-gov-west-1',
        DROVER_ALIYUN_REGIONS: 'cn-hangzhou',
        DROVER_ALIYUN_PARAMETER: '/p',
      }),
    ).toMatchObject({
      awsRegions: ['eu-west-1', 'us-gov-west-1'],
      aliyunRegions: ['cn-hangzhou'],
      aliyunParameter: '/p',
    });
    expect(readCloudsEnv({ DROVER_ALIYUN_PARAMETER: '' })).toMatchObject({
      awsRegions: [],
      awsAccounts: [],
      aliyunRegions: [],
      aliyunAccounts: [],
      aliyunParameter: undefined,
      aliyunEndpoint: undefined,
    });
  });

  it('lists other accounts, with what is absent filled in', () => {
    const { awsAccount, awsAccounts, aliyunAccounts } = readCloudsEnv({
      DROVER_AWS_ACCOUNT: '111111111111',
      DROVER_AWS_ACCOUNTS: '[{"account":"222222222222","externalId":"x-1","regions":["eu-west-1"]}]',
      DROVER_ALIYUN_ACCOUNTS: '[{"account":"1234567890123456","regions":["cn-hangzhou"],"role":"Drover"}]',
    });
    expect(awsAccount).toBe('111111111111');
    expect(awsAccounts).toEqual([
      { account: '222222222222', role: 'DroverTarget', externalId: 'x-1', regions: ['eu-west-1'] },
    ]);
    expect(aliyunAccounts).toEqual([{ account: '1234567890123456', regions: ['cn-hangzhou'], role: 'Drover' }]);
  });

  it('cannot be changed by who has read it', () => {
    expect(Object.isFrozen(readBucketEnv({ DROVER_BUCKET: 'b' }))).toBe(true);
  });

  it.each([
    [() => readTableEnv({}), 'DROVER_TABLE is not set'],
    [() => readTableEnv({ DROVER_TABLE: '' }), 'DROVER_TABLE is empty'],
    [
      () => readTableEnv({ DROVER_TABLE: 't', DROVER_RETENTION_DAYS: 'ever' }),
      'DROVER_RETENTION_DAYS is not a whole number of days',
    ],
    [() => readTableEnv({ DROVER_TABLE: 't', DROVER_RETENTION_DAYS: '0' }), 'DROVER_RETENTION_DAYS is below 1'],
    [() => readBucketEnv({}), 'DROVER_BUCKET is not set'],
    [
      () => readMachineEnv({ DROVER_STATE_MACHINE_ARN: 'drover' }),
      'DROVER_STATE_MACHINE_ARN is not the ARN of a state machine',
    ],
    [() => readCloudsEnv({ DROVER_AWS_REGIONS: 'Ireland' }), 'DROVER_AWS_REGIONS.0 is not a region such as eu-west-1'],
    [() => readCloudsEnv({ DROVER_AWS_ACCOUNTS: '[{' }), 'DROVER_AWS_ACCOUNTS is not JSON'],
    [() => readCloudsEnv({ DROVER_AWS_ACCOUNTS: '[{"account":"1"}]' }), 'DROVER_AWS_ACCOUNTS.0.account has 12 digits'],
    [
      () => readCloudsEnv({ DROVER_AWS_ACCOUNT: '222222222222', DROVER_AWS_ACCOUNTS: '[{"account":"222222222222"}]' }),
      'DROVER_AWS_ACCOUNTS names the own account, whose instances are targets anyway',
    ],
    [
      () => readCloudsEnv({ DROVER_ALIYUN_ACCOUNTS: '[{"account":"12345","regions":["cn-hangzhou"]}]' }),
      'DROVER_ALIYUN_ACCOUNTS.0.secret is missing: name the secret or parameter with an access key, or a role for the key of the own account',
    ],
  ])('is refused with the name of the variable: %#', (read, message) => {
    expect(read).toThrow(expect.objectContaining({ code: 'config.invalid', message }));
  });

  it('turns debug lines on by name', () => {
    expect(isDebugging({ DROVER_LOG_LEVEL: 'debug' })).toBe(true);
    expect(isDebugging({})).toBe(false);
  });
});
