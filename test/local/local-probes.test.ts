import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hostsFleet, type OpenFleet, openFleet } from '#test/kit/fleet.ts';

let fleet: OpenFleet;

beforeAll(async () => {
  fleet = await openFleet(hostsFleet(2, 1));
});
afterAll(() => fleet.close());

test('a local cloud looks at what it stands on, with the real clients', async () => {
  const { checks } = await fleet.services.examine();
  const [disk] = checks.filter(({ check }) => check === 'disk');
  // How much room this machine has is not for a test to say.
  expect(disk?.says).toMatch(/^\d+ MiB are free for /);
  expect(checks.filter((one) => one !== disk).map(({ check, status }) => `${check}: ${status}`)).toEqual([
    ...['table: ok', 'blobs: ok', 'engine: ok', 'ssm eu-west-1: ok', 'ecs cn-hangzhou: ok'],
  ]);
});

test('a folder that cannot be written is a problem of its own', async () => {
  const folder = join(fleet.stateDir, 'blobs', 'examination');
  await rm(folder, { recursive: true });
  await writeFile(folder, 'no folder');
  const { checks } = await fleet.services.examine();
  const problems = checks.filter(({ status }) => status === 'problem');
  expect(problems.map(({ check }) => check)).toEqual(['blobs']);
  expect(problems[0]?.says).toMatch(/ENOTDIR|EEXIST/);
});
