import { expect, onTestFinished, test } from 'vitest';
import { createRateGate } from '#functions/adapters/agent/rate-gate.ts';
import { createDynamoStore } from '#functions/adapters/dynamodb/dynamo-store.ts';
import { createSsmAgent } from '#functions/adapters/ssm/ssm-agent.ts';
import { ssmClients } from '#functions/adapters/ssm/ssm-clients.ts';
import { instanceIdFor } from '#local/cloud/fleet.ts';
import { isAppError } from '#shared/errors/app-error.ts';
import type { RateStore } from '#shared/ports/rate-store.ts';
import { dice } from '#test/functions/adapters/agent/rate-kit.ts';
import { localClient, startDynalite } from '#test/kit/dynalite.ts';
import { createTimeline, type Timeline } from '#test/kit/timeline.ts';
import { AWS_REGION, aws, fleetOf, startCloud } from '#test/local/cloud/harness.ts';

const many = (count: number) => Array.from({ length: count }, (_, index) => index);
const instanceId = instanceIdFor('aws', 'a');
const processes = 12;
const batchesEach = 5;
const batches = processes * batchesEach;
const callMs = 60;
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** The limits of a store, as work outside that takes a moment. */
const timed = (store: RateStore, { outside, sleep }: Timeline): RateStore => {
  const slow = async <T>(work: () => Promise<T>): Promise<T> => {
    await sleep(5);
    return outside(work);
  };
  return {
    listRates: (scope) => slow(() => store.listRates(scope)),
    getRate: (key) => slow(() => store.getRate(key)),
    putRate: (record) => slow(() => store.putRate(record)),
  };
};

/** Processes with stores, gates and agents of their own; each sends a command and looks at it once, for one batch after another. */
const runBatches = async (isShared: boolean) => {
  const timeline = createTimeline(Date.parse('2026-11-21T07:09:00.000Z'));
  const { now, sleep, outside } = timeline;
  const cloud = await startCloud({
    fleet: fleetOf(aws('a', 'behaviour: { offline: true }')),
    clock: now,
    faults: { rateLimit: { perSecond: 5, burst: 5 }, undeliverableAfterSeconds: 600 },
  });
  const dynalite = await startDynalite();
  onTestFinished(dynalite.stop);
  const random = dice();
  const clientFor = ssmClients({
    endpoint: cloud.ssmEndpoint,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  let refusals = 0;
  const openProcess = () => {
    const client = localClient(dynalite.endpoint);
    onTestFinished(() => client.destroy());
    const store = timed(createDynamoStore({ client, tableName: dynalite.tableName, now }), timeline);
    const gate = createRateGate({ store: () => store, clock: { now }, sleep, random, log: silent });
    const onThrottled = () => {
      refusals += 1;
    };
    const pacing = { sleep, random, now, onThrottled, ...(isShared ? { gate } : {}) };
    // The cloud is called through sockets: no time passes there by itself, so a call takes its time before.
    const slowClientFor: typeof clientFor = (scope) => {
      const client = clientFor(scope);
      return new Proxy(client, {
        get: (target, name) =>
          name === 'send'
            ? async (command: Parameters<typeof client.send>[0]) => {
                await sleep(callMs);
                return outside(() => target.send(command));
              }
            : Reflect.get(target, name),
      });
    };
    return createSsmAgent({ ...pacing, clientFor: slowClientFor });
  };
  /** As the workflow does it: tried again later when it was throttled. */
  const insist = async <T>(work: () => Promise<T>, tries = 8): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (!isAppError(error, 'agent.throttled') || tries === 1) throw error;
      await sleep(random() * Math.min(30_000, 1000 * 2 ** (8 - tries)));
    }
    return insist(work, tries - 1);
  };
  const one = async (agent: ReturnType<typeof openProcess>, n: number): Promise<void> => {
    const { agentInvocationId } = await insist(() =>
      agent.send({
        ...{ region: AWS_REGION, invocationId: `inv-${n}`, instanceIds: [instanceId], script: 'true' },
        ...{ needsInstanceId: false, timeoutSeconds: 60, deliveryTimeoutSeconds: 600 },
      }),
    );
    expect(agentInvocationId).toBeDefined();
    await insist(() =>
      agent.look({ region: AWS_REGION, agentInvocationId: agentInvocationId ?? '', instanceIds: [instanceId] }),
    );
  };
  const work = async (n: number): Promise<void> => {
    const agent = openProcess();
    for (const batch of many(batchesEach)) await one(agent, n * batchesEach + batch);
  };
  const startedMs = now();
  const settled = await timeline.run(Promise.allSettled(many(processes).map(work)));
  const failures = settled.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []));
  const { SendCommand = 0, ListCommandInvocations = 0 } = cloud.calls();
  return { failures, refusals, calls: SendCommand + ListCommandInvocations, seconds: (now() - startedMs) / 1000 };
};

test('parallel batches in processes of their own are refused a few times only, and all get through', async () => {
  const alone = await runBatches(false);
  const shared = await runBatches(true);
  expect(shared.failures).toEqual([]);
  expect(shared.calls).toBe(2 * batches + shared.refusals);
  // Those that send in the first moment find out each for itself; after that it is the rate of two actions that is looked for.
  expect(shared.refusals).toBeLessThan(processes + 15);
  expect(alone.refusals).toBeGreaterThan(5 * shared.refusals);
});
