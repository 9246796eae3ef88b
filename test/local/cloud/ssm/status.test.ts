import { expect, test } from 'vitest';
import { absolute } from '#local/cloud/ssm/command.ts';
import { type CommandCounts, commandStatus } from '#local/cloud/ssm/status.ts';

const counts = (some: Partial<CommandCounts>): CommandCounts => ({
  targets: 5,
  completed: 5,
  errors: 0,
  executionTimeouts: 0,
  deliveryTimeouts: 0,
  cancelled: 0,
  successes: 0,
  started: 0,
  maxErrors: 0,
  cancelRequested: false,
  ...some,
});

test.each<[string, Partial<CommandCounts>, string]>([
  ['nothing was sent', { completed: 0 }, 'Pending Pending'],
  ['something began', { completed: 1, started: 1 }, 'InProgress InProgress'],
  ['a cancellation is under way', { completed: 1, cancelRequested: true }, 'Cancelling Cancelling'],
  ['no instance matched', { targets: 0, completed: 0 }, 'Success NoInstancesInTag'],
  ['all succeeded', { successes: 5 }, 'Success Success'],
  ['one failed and none may', { successes: 4, errors: 1 }, 'Failed Failed'],
  ['no more failed than may', { successes: 4, errors: 1, maxErrors: 1 }, 'Success Success'],
  ['all that failed ran out of time', { successes: 4, errors: 1, executionTimeouts: 1 }, 'TimedOut ExecutionTimedOut'],
  ['one never answered', { successes: 4, deliveryTimeouts: 1 }, 'TimedOut DeliveryTimedOut'],
  ['the rest was cancelled', { successes: 4, cancelled: 1 }, 'Cancelled Cancelled'],
  ['four were undeliverable and one succeeded', { successes: 1 }, 'Success Success'],
  ['all were undeliverable', {}, 'Failed Failed'],
])('when %s the command is so', (_when, some, expected) => {
  const { status, details } = commandStatus(counts(some));
  expect(`${status} ${details}`).toBe(expected);
});

test('percentages of targets are rounded down', () => {
  expect([absolute('10%', 50), absolute('10%', 19), absolute('100%', 7), absolute('3', 50)]).toEqual([5, 1, 7, 3]);
});
