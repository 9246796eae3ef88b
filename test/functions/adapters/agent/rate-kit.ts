import { agentRetries } from '#functions/adapters/agent/back-off.ts';
import type { CallFailure } from '#functions/adapters/agent/call-failure.ts';
import type { CallName } from '#functions/adapters/agent/call-name.ts';
import { createCaller } from '#functions/adapters/agent/caller.ts';
import { createRateGate } from '#functions/adapters/agent/rate-gate.ts';
import type { RateRecord } from '#shared/model/rate.ts';
import type { RateStore } from '#shared/ports/rate-store.ts';
import type { Log, LogFields } from '#shared/ports/services.ts';
import { rateKeyText } from '#shared/rate/rate.ts';
import { createTimeline, type Timeline } from '#test/kit/timeline.ts';

/** A call that is limited. */
export const call: CallName = { agent: 'aws', service: 'SSM', region: 'eu-west-1', action: 'SendCommand' };

class Throttled extends Error {}

/** A number in [0, 1) that follows from how many were asked for. */
export const dice = (): (() => number) => {
  let state = 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
};

/** Limits in memory, counted, that take a few milliseconds. */
export const memoryRates = (timeline: Timeline) => {
  const records = new Map<string, RateRecord>();
  const counts = { list: 0, get: 0, put: 0, conflicts: 0 };
  let failing: (() => void) | undefined;
  const latencyMs = 4;
  const store: RateStore = {
    listRates: async (scope) => {
      counts.list += 1;
      await timeline.sleep(latencyMs);
      failing?.();
      return [...records.values()].filter((one) => one.region === scope.region && one.account === scope.account);
    },
    getRate: async (key) => {
      counts.get += 1;
      await timeline.sleep(latencyMs);
      failing?.();
      return records.get(rateKeyText(key));
    },
    putRate: async (record) => {
      counts.put += 1;
      await timeline.sleep(latencyMs);
      const isNext = (records.get(rateKeyText(record))?.version ?? 0) === record.version - 1;
      if (isNext) records.set(rateKeyText(record), record);
      else counts.conflicts += 1;
      failing?.();
      return isNext;
    },
  };
  return {
    store,
    counts,
    record: () => records.get(rateKeyText(call)),
    /** What each call does from now on, after its effect. */
    fail: (how: (() => void) | undefined) => {
      failing = how;
    },
  };
};

/** A cloud that takes so many calls a second, in a bucket of so many. */
export const limitedCloud = (timeline: Timeline, perSecond: number, burst = 1) => {
  let [calls, atMs, limit] = [burst, timeline.trueNow(), perSecond];
  const taken: number[] = [];
  const refused: number[] = [];
  const answer = async (): Promise<void> => {
    await timeline.sleep(40);
    const nowMs = timeline.trueNow();
    calls = Math.min(burst, calls + ((nowMs - atMs) * limit) / 1000);
    atMs = nowMs;
    if (calls < 1) {
      refused.push(nowMs);
      throw new Throttled('Rate exceeded');
    }
    calls -= 1;
    taken.push(nowMs);
  };
  return {
    answer,
    taken,
    refused,
    setLimit: (next: number) => {
      limit = next;
    },
  };
};

/** Several processes on one timeline, each with a gate of its own over the same limits. */
export const rateRig = (perSecond: number, burst = 1) => {
  const timeline = createTimeline(Date.parse('2026-11-21T07:09:00.000Z'));
  const rates = memoryRates(timeline);
  const cloud = limitedCloud(timeline, perSecond, burst);
  const lines: { readonly event: string; readonly fields: LogFields }[] = [];
  const line = (event: string, fields: LogFields = {}): void => {
    lines.push({ event, fields });
  };
  const log: Log = { debug: line, info: line, warn: line, error: line };
  const random = dice();
  const { now, sleep } = timeline;
  const classify = (error: unknown): CallFailure | undefined =>
    error instanceof Throttled ? { kind: 'throttled', code: 'ThrottlingException' } : undefined;
  const openProcess = (isShared = true) => {
    const gate = createRateGate({ store: () => rates.store, clock: { now }, sleep, random, log });
    const pacing = { sleep, random, now, ...(isShared ? { gate } : {}) };
    const caller = createCaller(classify, pacing, agentRetries);
    return { gate, make: () => caller.read(call, cloud.answer) };
  };
  const events = (event: string) => lines.filter((one) => one.event === event);
  return { timeline, rates, cloud, openProcess, events };
};
