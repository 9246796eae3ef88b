import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseFleet } from '#local/cloud/fleet.ts';
import type { FleetCloud } from '#local/cloud/fleet-cloud.ts';
import { startFleetCloud } from '#local/cloud/fleet-cloud.ts';
import { connectAgents, localClients } from '#local/local-agents.ts';
import { patientPacing } from './patient-pacing.ts';

const fleetYaml = `
instances:
  - {id: i-00000000000000001, name: behind, cloud: aws, region: eu-west-1, behaviour: {agentVersion: 3.1.0.0}}
  - {id: i-00000000000000002, name: bare, cloud: aws, region: eu-west-1, behaviour: {noAgent: true}}
  - {id: i-bp1, name: bare-hz, cloud: aliyun, region: cn-hangzhou, behaviour: {noAgent: true, rebootSeconds: 0}}
  - {id: i-bp2, name: shut, cloud: aliyun, region: cn-hangzhou, behaviour: {noAgent: true, stopped: true}}
`
  .replaceAll('i-bp1', 'i-bp00000001')
  .replaceAll('i-bp2', 'i-bp00000002');

const open = async () => {
  const dir = await mkdtemp(join(tmpdir(), 'drover-care-'));
  const fleet = parseFleet(fleetYaml, 'fleet.yaml');
  const cloud: FleetCloud = await startFleetCloud({ fleet, dir, spawnersCount: 1 });
  onTestFinished(async () => {
    await cloud.close();
    await rm(dir, { recursive: true, force: true });
  });
  return { cloud, ...connectAgents(localClients(cloud, fleet), fleet, patientPacing) };
};

const aws = { region: 'eu-west-1', reboot: false };
const aliyun = { region: 'cn-hangzhou' };

describe('what the clouds do about their agents', () => {
  test('SSM updates those it knows, and one that it does not know keeps no other back', async () => {
    const { agentCare } = await open();
    const instanceIds = ['i-00000000000000001', 'i-00000000000000002', 'i-00000000000000009'];
    const results = await agentCare.aws.bring({ ...aws, instanceIds });
    expect(results).toMatchObject([
      {
        instanceId: 'i-00000000000000001',
        refused: false,
        says: expect.stringMatching(/the update was sent \(.{36}\)/),
      },
      { instanceId: 'i-00000000000000002', refused: true, says: expect.stringContaining('does not manage') },
      { instanceId: 'i-00000000000000009', refused: true },
    ]);
  });

  test('Cloud Assistant is installed, and begins with a restart that has to be asked for', async () => {
    const { agentCare, agents } = await open();
    const instanceIds = ['i-bp00000001', 'i-bp00000009'];
    const online = async () => (await agents.aliyun.reach({ ...aliyun, instanceIds: ['i-bp00000001'] }))[0]?.online;
    expect(await agentCare.aliyun.bring({ ...aliyun, instanceIds, reboot: false })).toMatchObject([
      { instanceId: 'i-bp00000001', refused: false, says: expect.stringContaining('next restart') },
      { instanceId: 'i-bp00000009', refused: true, says: expect.stringContaining('no such instance') },
    ]);
    expect(await online()).toBe(false);
    expect(
      await agentCare.aliyun.bring({ ...aliyun, instanceIds: ['i-bp00000001', 'i-bp00000002'], reboot: true }),
    ).toMatchObject([
      { refused: false, says: expect.stringContaining('restarts') },
      { refused: true, says: expect.stringContaining('cannot be restarted') },
    ]);
    expect(await online()).toBe(true);
  });

  test('calls that are throttled are made again', async () => {
    const { cloud, agentCare } = await open();
    cloud.setFaults({ throttle: 0.5 });
    const [one] = await agentCare.aliyun.bring({ ...aliyun, instanceIds: ['i-bp00000001'], reboot: true });
    expect(one?.refused).toBe(false);
  });
});
