import { afterEach, describe, expect, it } from 'vitest';
import { nodeSchema } from '#shared/model/node.ts';
import { type OpenFleet, openFleet } from '#test/kit/fleet.ts';

let fleet: OpenFleet;
afterEach(() => fleet.close());

const a = '111111111111';
const b = '222222222222';

/** The own account with one instance, two others in two regions each, and two of Alibaba Cloud. */
const manyAccounts = `instances:
  - {name: own, cloud: aws, region: eu-west-1, tags: {role: h}}
  - {name: a-eu, cloud: aws, account: '${a}', region: eu-west-1, tags: {role: h}}
  - {name: a-us, cloud: aws, account: '${a}', region: us-east-1, tags: {role: h}}
  - {name: b-eu, cloud: aws, account: '${b}', region: eu-west-1, tags: {role: h}}
  - {name: b-us, cloud: aws, account: '${b}', region: us-east-1, tags: {role: h}}
  - {name: cn-own, cloud: aliyun, region: cn-hangzhou, tags: {role: h}}
  - {name: cn-b, cloud: aliyun, account: '${b}', region: cn-hangzhou, tags: {role: h}}
`;

const job = {
  apiVersion: 'drover/v1',
  kind: 'Job',
  metadata: { name: 'accounts' },
  spec: {
    targets: { where: 'node.tags.role == "h"' },
    groups: [
      {
        name: 'g',
        maxFailures: '100%',
        phases: [{ name: 'p', operations: [{ id: 'a', run: 'echo $DROVER_RUN_ID' }] }],
      },
    ],
  },
};

const listed = async () => (await fleet.services.listNodes({ limit: 100 })).items;

describe('a fleet over several accounts', () => {
  it('is listed with the account of each instance, and one run goes over all of them', async () => {
    fleet = await openFleet(manyAccounts);
    const places = (await listed()).map(({ name, account, region }) => [name, account ?? 'own', region].join(' '));
    expect(places.sort()).toEqual([
      `a-eu ${a} eu-west-1`,
      `a-us ${a} us-east-1`,
      `b-eu ${b} eu-west-1`,
      `b-us ${b} us-east-1`,
      `cn-b ${b} cn-hangzhou`,
      'cn-own own cn-hangzhou',
      'own own eu-west-1',
    ]);

    const view = await fleet.run(job);

    expect(view.status).toBe('succeeded');
    expect(view.groups[0]?.phases[0]?.counts).toEqual({ succeeded: 7 });
  });

  it('gives each node that names an account nobody configured, or a wrong one, its own reason', async () => {
    fleet = await openFleet(manyAccounts);
    const known = await listed();
    const placed = (name: string, account: string) => {
      const node = known.find((one) => one.name === name);
      return { ...nodeSchema.strip().parse(node), account };
    };
    const nodes = [placed('a-eu', a), placed('b-eu', '333333333333'), placed('b-us', a)];
    const { runId } = await fleet.services.submitRun({
      request: { job, params: {}, nodes, only: {} },
      actor: 'test',
    });

    const view = await fleet.ended(runId);

    expect(view.groups[0]?.phases[0]?.counts).toEqual({ succeeded: 1, undeliverable: 2 });
    const rows = (await fleet.services.listNodeRows(runId, { limit: 10, status: ['undeliverable'] })).items;
    const reasons = Object.fromEntries(rows.map(({ name, reason }) => [name, reason]));
    expect(reasons['b-eu']).toBe('No credentials are configured for the account 333333333333.');
    expect(reasons['b-us']).toContain('instance');
  });
});
