import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { invocationStatuses, startedErrorCodes, stateOf } from '#functions/adapters/aliyun/aliyun-statuses.ts';

/** InvocationStatus of one instance (DescribeInvocationResults reference), with an error code that goes with it. */
const table = [
  ['Pending', '', 'waiting'],
  ['Scheduled', '', 'waiting'],
  ['Running', '', 'running'],
  ['Stopping', '', 'running'],
  ['Success', '', 'succeeded'],
  ['Failed', 'ExitCodeNonzero', 'failed'],
  ['Timeout', 'ExecutionTimeout', 'timedOut'],
  ['Error', '', 'error'],
  ['Aborted', 'ClientNotRunning', 'undeliverable'],
  ['Invalid', 'AccountNotExists', 'undeliverable'],
  ['Cancelled', '', 'cancelled'],
  ['Terminated', '', 'cancelled'],
] as const;

const neverStarted = [
  'InstanceNotExists',
  'InstanceNotRunning',
  'CommandNotApplicable',
  'DirectoryNotExists',
  'ClientNotResponse',
  'ClientIsUpgrading',
  'DeliveryTimeout',
  'SecurityGroupRuleDenied',
];

describe('statuses of Cloud Assistant', () => {
  test.each(table)('%s with the error code %j is %s', (status, errorCode, state) => {
    expect(stateOf(status, errorCode)).toBe(state);
  });

  test('are all in this list', () => {
    expect(Object.keys(invocationStatuses).toSorted()).toEqual(table.map(([status]) => status).toSorted());
  });

  test.each([...startedErrorCodes])('%s may have run, whatever failure is reported', (errorCode) => {
    for (const status of ['Failed', 'Error', 'Aborted', 'Invalid']) expect(stateOf(status, errorCode)).toBe('error');
    expect(stateOf('Success', errorCode)).toBe('succeeded');
    expect(stateOf('Terminated', errorCode)).toBe('cancelled');
    expect(stateOf('Running', errorCode)).toBe('running');
  });

  test.each(neverStarted)('%s proves that nothing ran', (errorCode) => {
    expect(stateOf('Aborted', errorCode)).toBe('undeliverable');
  });

  test('a word that is not in the table is not an end', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('', ...startedErrorCodes), (status, errorCode) => {
        fc.pre(!Object.hasOwn(invocationStatuses, status));
        expect(stateOf(status, errorCode)).toBe('running');
      }),
    );
    expect(stateOf('constructor', '')).toBe('running');
  });
});
