import { expect, test } from 'vitest';
import { aggregateStatus, type InstanceStatus } from '#local/cloud/ecs/status.ts';

test.each<[readonly InstanceStatus[], string]>([
  [['Pending', 'Running', 'Failed'], 'Pending'],
  [['Running', 'Success'], 'Running'],
  [['Stopping', 'Success'], 'Stopping'],
  [['Success', 'Success'], 'Success'],
  [['Success', 'Terminated'], 'Success'],
  [['Success', 'Aborted'], 'PartialFailed'],
  [['Timeout', 'Cancelled'], 'Failed'],
  [['Invalid', 'Error'], 'Failed'],
  [['Cancelled', 'Terminated'], 'Stopped'],
])('instances that are %j make an invocation that is %s', (statuses, expected) => {
  expect(aggregateStatus(statuses)).toBe(expected);
});
