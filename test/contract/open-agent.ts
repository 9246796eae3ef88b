import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { parseFleet } from '#local/cloud/fleet.ts';
import { type FleetCloud, startFleetCloud } from '#local/cloud/fleet-cloud.ts';
import type { AgentKind } from '#shared/model/node.ts';
import type { Agent, AgentScope } from '#shared/ports/agent.ts';

/** How an adapter is built on a local cloud: with real timers, and patience for half of all calls being throttled. */
export interface AgentKindUnderTest {
  readonly kind: AgentKind;
  readonly region: string;
  readonly open: (cloud: FleetCloud) => Agent;
  /** What the cloud calls sending and looking. */
  readonly actions: { readonly send: string; readonly look: string };
}

/** An agent on a fleet of its own. */
export interface AgentUnderTest {
  readonly agent: Agent;
  readonly scope: AgentScope;
  readonly cloud: FleetCloud;
  /** A folder for what scripts write. */
  readonly dir: string;
  /** Instances that answer, one more than an invocation takes. */
  readonly good: readonly string[];
  readonly offline: string;
  readonly stopped: string;
  /** No instance has this id. */
  readonly unknown: string;
  readonly actions: AgentKindUnderTest['actions'];
}

/** No delivery fails slower than this in the tests. */
export const quickFaults = { undeliverableAfterSeconds: 0.05 };

const unknownIds = { aws: 'i-00000000000000bad', aliyun: 'i-bp000000000000000bad' } as const;

const start = async (subject: AgentKindUnderTest): Promise<AgentUnderTest> => {
  const { kind, region } = subject;
  const root = await mkdtemp(join(tmpdir(), 'drover-agent-'));
  const common = `cloud: ${kind}, region: ${region}`;
  const fleet = parseFleet(
    `instances:
  - {name: off, ${common}, behaviour: {offline: true}}
  - {name: shut, ${common}, behaviour: {stopped: true}}
generate:
  - {name: 'good-{n}', count: 101, ${common}}`,
    'fleet.yaml',
  );
  const cloud = await startFleetCloud({ fleet, dir: join(root, 'cloud'), spawnersCount: 1, faults: quickFaults });
  const idOf = (name: string): string => fleet.instances.find((instance) => instance.name === name)?.id ?? '';
  const agent = subject.open(cloud);
  return {
    agent,
    scope: { region },
    dir: root,
    cloud: {
      ...cloud,
      close: async () => {
        await cloud.close();
        await rm(root, { recursive: true, force: true, maxRetries: 5 });
      },
    },
    good: fleet.instances
      .filter(({ name }) => name.startsWith('good'))
      .map(({ id }) => id)
      .slice(0, agent.limits.instances + 1),
    offline: idOf('off'),
    stopped: idOf('shut'),
    unknown: unknownIds[kind],
    actions: subject.actions,
  };
};

/** Opens an agent on a fleet before a suite's tests and closes it after them. Faults that a test sets end with it. */
export const openAgentForSuite = (subject: AgentKindUnderTest): (() => AgentUnderTest) => {
  let open: AgentUnderTest | undefined;
  beforeAll(async () => {
    open = await start(subject);
  });
  afterEach(() => open?.cloud.setFaults(quickFaults));
  afterAll(() => open?.cloud.close());
  return () => {
    if (!open) throw new Error('The agent is not open yet.');
    return open;
  };
};
