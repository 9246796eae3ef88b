import { setTimeout } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { System, SystemPorts } from '#functions/runtime/system.ts';
import type { LocalClients } from '#local/local-agents.ts';
import type { TaskBehaviours } from '#shared/workflow/task-registry.ts';
import { type CallSite, type CallSites, isSharedRead, type Origin } from './call-sites.ts';
import type { FaultScript } from './fault-script.ts';
import { placeOf } from './places.ts';
import { troubleOf } from './troubles.ts';
import { type Passage, watchedClient, watchedObject } from './watched.ts';

/** One life of Drover's process: everything it calls and everything it is told goes through here, until it dies. */
export interface Incarnation {
  readonly aroundPorts: (ports: SystemPorts) => SystemPorts;
  readonly aroundTasks: (tasks: TaskBehaviours) => TaskBehaviours;
  readonly clients: (clients: LocalClients) => LocalClients;
  readonly table: (client: DynamoDBClient) => DynamoDBClient;
  /** The API as its callers reach it. A request to a dead process has no answer; watch `died` beside it. */
  readonly requests: (services: System['services']) => System['services'];
  /** Where everything goes through that is called from inside. */
  readonly passage: Passage;
  /** Resolves at the death. */
  readonly died: Promise<void>;
  readonly isDead: () => boolean;
  readonly kill: () => void;
  /** Resolves when no call of it is on its way any more: what was sent before the death has taken effect. */
  readonly settled: () => Promise<void>;
}

/** A call that turns out to be outside of another one is noticed after this time. */
const settleMs = 20;

/** A call that takes longer is not waited for. */
const longestCallMs = 20_000;

/** So long a call hangs at most before what made it has been done by a second delivery. */
const twinMs = 3000;

/** Never answers: what a dead process awaits. */
const never = (): Promise<never> => new Promise(() => undefined);

/** What is delivered. */
interface Delivery {
  readonly origin: Origin;
  readonly name: string;
  readonly run: () => Promise<unknown>;
}

/** A process on the ports, clients and tasks that are given to it, with the faults of a script. */
export const createIncarnation = (sites: CallSites, script: FaultScript): Incarnation => {
  const underWay = new Map<CallSite, Promise<unknown>>();
  /** Delivers once more what began a chain, by its site. */
  const repeats = new Map<string, () => Promise<unknown>>();
  /** Chains that died alone, by their root's site. */
  const crashed = new Set<string>();
  let dead = false;
  let tell: () => void = () => undefined;
  const died = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const kill = () => {
    dead = true;
    tell();
  };
  const die = (): Promise<never> => {
    kill();
    return never();
  };

  /** What is outside of a call of a dead chain hangs for ever: the answer of the inner one never comes. */
  const isHanging = (call: CallSite): boolean => call.isOuter() && (dead || crashed.has(call.root));
  const track = async (call: CallSite, made: Promise<unknown>): Promise<unknown> => {
    underWay.set(call, made);
    try {
      return await made;
    } finally {
      underWay.delete(call);
      script.seen(call);
    }
  };
  const make = (call: CallSite, run: () => Promise<unknown>): Promise<unknown> => track(call, sites.inside(call, run));

  /** What reaches a caller: nothing at all once it is dead. */
  const alive = async (answer: Promise<unknown>): Promise<unknown> => {
    try {
      const value = await answer;
      return dead ? await never() : value;
    } catch (error) {
      if (dead) return never();
      throw error;
    }
  };

  /** What began this chain goes no further, and is delivered again. */
  const crash = (call: CallSite): Promise<never> => {
    crashed.add(call.root);
    void repeats
      .get(call.root)?.()
      .catch(() => undefined);
    return never();
  };

  /** A call from inside, with what goes wrong there. */
  const pass = async (call: CallSite, run: () => Promise<unknown>): Promise<unknown> => {
    const fault = script.take(call);
    if (fault === 'kill-before') return die();
    if (fault === 'crash-before') return crash(call);
    if (fault === 'refuse') throw troubleOf(call.name)?.refusal() ?? new Error(`${call.name} was refused`);
    if (fault === 'late') {
      const twin = repeats
        .get(call.root)?.()
        .catch(() => undefined);
      // Both may wait for this very call, where one process remembers what it reads.
      await Promise.race([twin, setTimeout(twinMs)]);
      await script.later();
      if (dead) return never();
    }
    const first = await make(call, run);
    const answer = fault === 'again' && !dead ? await make(call, run) : first;
    if (fault === 'kill-after') return die();
    if (fault === 'crash-after') return crash(call);
    if (fault === 'lose') throw troubleOf(call.name)?.loss() ?? new Error(`The answer of ${call.name} was lost`);
    return answer;
  };

  /** Delivers once; `repeat` delivers once more, to whoever waits for the first answer. */
  const deliverOnce = async (delivery: Delivery, repeat: () => Promise<unknown>): Promise<unknown> => {
    const call = sites.begin(delivery.origin, delivery.name);
    repeats.set(call.site, repeat);
    const fault = script.take(call);
    if (fault === 'kill-before') return die();
    if (fault === 'drop') return {};
    if (fault === 'delay') await script.later();
    const other = fault === 'twice' ? deliverOnce(delivery, repeat) : undefined;
    other?.catch(() => undefined);
    const answer = await make(call, delivery.run);
    if (fault === 'kill-after') return die();
    if (fault === 'echo') void script.later().then(() => dead || deliverOnce(delivery, repeat).catch(() => undefined));
    if (fault === 'again') return deliverOnce(delivery, repeat);
    return other ?? answer;
  };

  /** Delivers; the first answer counts. */
  const deliver = (delivery: Delivery): Promise<unknown> =>
    dead
      ? never()
      : alive(
          new Promise((resolve, reject) => {
            const once = (): Promise<unknown> => {
              const answer = deliverOnce(delivery, once);
              answer.then(resolve, reject);
              return answer;
            };
            void once().catch(() => undefined);
          }),
        );

  const inside: Passage = {
    isClosed: () => dead,
    call: (name, run) => {
      const call = sites.inner(name);
      const isOver = dead || (crashed.has(call.root) && !isSharedRead(call));
      return isOver ? never() : alive(pass(call, run));
    },
    first: (name, run) => {
      const call = sites.inner(name);
      const answer = sites.inside(call, run);
      return answer instanceof Promise ? alive(track(call, answer)) : answer;
    },
  };
  const tasks: Passage = {
    isClosed: inside.isClosed,
    call: (name, run, [input]) => {
      const task = name.replace('task.', '');
      // The only task that no state calls: it is told of events.
      if (task === 'onAgentEvent') return deliver({ origin: 'event', name: task, run });
      return deliver({ origin: 'task', name: `${task} ${placeOf(input)}`.trim(), run });
    },
  };
  const api: Passage = { isClosed: inside.isClosed, call: (name, run) => deliver({ origin: 'request', name, run }) };
  return {
    passage: inside,
    died,
    isDead: () => dead,
    kill,
    settled: async () => {
      const onTheirWay = () => [...underWay].flatMap(([call, made]) => (isHanging(call) ? [] : [made]));
      await setTimeout(settleMs);
      const until = performance.now() + longestCallMs;
      while (onTheirWay().length > 0 && performance.now() < until)
        await Promise.race([Promise.allSettled(onTheirWay()), setTimeout(settleMs)]);
    },
    aroundPorts: (ports) => watchedObject('', ports, inside),
    clients: ({ ssm, tagging, ecs }) => ({
      ssm: (scope) => watchedClient('ssm', ssm(scope), inside),
      tagging: (scope) => watchedClient('tagging', tagging(scope), inside),
      ecs: (scope) => watchedObject('ecs', ecs(scope), inside),
    }),
    table: (client) => watchedClient('table', client, inside),
    aroundTasks: (behaviours) => watchedObject('task', behaviours, tasks),
    requests: (services) => watchedObject('api', services, api),
  };
};
