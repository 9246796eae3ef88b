import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { coarseStatuses, detailedStatuses, statusMeaning } from '#functions/adapters/ssm/ssm-statuses.ts';

const stateOf = (statusDetails: string, status: string, started = false) =>
  statusMeaning({ status, statusDetails, started }).state;

/** Each StatusDetails of an invocation with its coarse Status, as the user guide and the API show them. */
const table = [
  ['Pending', 'Pending', 'waiting'],
  ['Delayed', 'Delayed', 'waiting'],
  ['InProgress', 'InProgress', 'running'],
  ['Cancelling', 'Cancelling', 'running'],
  ['Success', 'Success', 'succeeded'],
  ['Failed', 'Failed', 'failed'],
  ['ExecutionTimedOut', 'TimedOut', 'timedOut'],
  ['DeliveryTimedOut', 'TimedOut', 'undeliverable'],
  ['Cancelled', 'Cancelled', 'cancelled'],
  ['Undeliverable', 'Failed', 'undeliverable'],
  ['Terminated', 'Failed', 'undeliverable'],
  ['InvalidPlatform', 'Failed', 'undeliverable'],
  ['AccessDenied', 'Failed', 'undeliverable'],
] as const;

describe('statuses of SSM', () => {
  test.each(table)('%s is %s at SSM and %s here', (details, status, state) => {
    expect(stateOf(details, status)).toBe(state);
  });

  test('are all in this list', () => {
    expect(Object.keys(detailedStatuses).toSorted()).toEqual(table.map(([details]) => details).toSorted());
  });

  test('a delivery that timed out after a start may have run', () => {
    expect(stateOf('DeliveryTimedOut', 'TimedOut', true)).toBe('error');
  });

  test.each([
    ['Delivery Timed Out', 'undeliverable'],
    ['In Progress', 'running'],
    ['Canceled', 'cancelled'],
    ['Execution Timed Out', 'timedOut'],
  ])('%s, as the documentation spells it, is %s', (details, state) => {
    expect(stateOf(details, '')).toBe(state);
  });

  test.each([
    ['Success', 'succeeded'],
    ['Failed', 'error'],
    ['TimedOut', 'error'],
    ['Cancelled', 'cancelled'],
    ['InProgress', 'running'],
    ['Pending', 'waiting'],
    ['Delayed', 'waiting'],
    ['Cancelling', 'running'],
  ])('an unknown detail of %s is %s', (status, state) => {
    expect(stateOf('SomethingNew', status)).toBe(state);
    expect(Object.keys(coarseStatuses)).toContain(status);
  });

  test('a word that is in no table is not an end', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.boolean(), (details, status, started) => {
        const known = [...Object.keys(detailedStatuses), ...Object.keys(coarseStatuses), 'Canceled'];
        fc.pre(![details, status].some((word) => known.includes(word.replaceAll(/\s/g, ''))));
        expect(stateOf(details, status, started)).toBe('running');
      }),
    );
  });

  test.each(['toString', 'constructor', '__proto__'])('%s is not a status', (word) => {
    expect(stateOf(word, word)).toBe('running');
  });

  test('an undeliverable one says why', () => {
    const silent = table.filter(([details, status, state]) =>
      state === 'undeliverable'
        ? statusMeaning({ status, statusDetails: details, started: false }).reason === null
        : false,
    );
    expect(silent).toEqual([]);
  });
});
