import type { EcsEngine, EcsRecord } from '../ecs/engine.ts';
import type { FileJournal, FileRecord } from '../ecs/file-journal.ts';
import type { Executor } from '../executor/executor.ts';
import type { BootRecord } from '../executor/reboots.ts';
import { type RunEnd, runIdOf } from '../spawner/protocol.ts';
import type { SsmEngine, SsmRecord } from '../ssm/engine.ts';
import type { AgentRecord, InstanceAgents } from './agents.ts';
import { KEPT_RESULTS } from './engine-deps.ts';
import type { Journal } from './journal.ts';

/** A journal larger than this is rewritten at the start, if it holds results that are forgotten. */
const COMPACT_BYTES = 256 * 1024 * 1024;

type CloudRecord =
  | SsmRecord
  | EcsRecord
  | FileRecord
  | BootRecord
  | AgentRecord
  | { readonly k: 'go'; readonly t: string; readonly i: string; readonly s: string }
  | { readonly k: 'end'; readonly t: string; readonly i: string; readonly end: RunEnd };

/** What the journal is replayed into. */
export interface Replayed {
  readonly journal: Journal;
  readonly ssm: SsmEngine;
  readonly ecs: EcsEngine;
  readonly files: FileJournal;
  readonly executor: Executor;
  readonly agents: InstanceAgents;
}

/** Repeats the journal. Returns the runs that were handed to a spawner and have no end, with that spawner. */
export const replayJournal = (parts: Replayed): ReadonlyMap<string, string> => {
  if (parts.journal.sizeBytes > COMPACT_BYTES) dropForgotten(parts.journal);
  const dispatched = new Map<string, string>();
  parts.journal.replay((text, place) => {
    const record: CloudRecord = JSON.parse(text);
    if (record.k === 'go') {
      dispatched.set(runIdOf(record.t, record.i), record.s);
      parts.ssm.replayDispatch(runIdOf(record.t, record.i));
    } else if (record.k === 'end') {
      const run = runIdOf(record.t, record.i);
      dispatched.delete(run);
      const engine = parts.ecs.owns(record.t) ? parts.ecs : parts.ssm;
      engine.replayEnd(run, record.end, place);
    } else replayChange(parts, record);
  });
  return dispatched;
};

/** Repeats what is neither the beginning nor the end of a run. */
const replayChange = (parts: Replayed, record: Exclude<CloudRecord, { readonly k: 'go' | 'end' }>): void => {
  if (record.k === 'boot') parts.executor.replayBoot(record);
  else if (record.k === 'agent') parts.agents.replay(record);
  else if (record.k === 'ecs.file') parts.files.replay(record);
  else if (isSsm(record)) parts.ssm.replay(record);
  else parts.ecs.replay(record);
};

const isSsm = (record: SsmRecord | EcsRecord): record is SsmRecord => record.k.startsWith('ssm.');

/** Keeps the newest tasks, as many as hold the results that are remembered anyway, and every command that may still be invoked. */
const dropForgotten = (journal: Journal): void => {
  const results = new Map<string, number>();
  const kept = new Set<string>();
  journal.replay((text) => {
    const record: CloudRecord = JSON.parse(text);
    results.set(record.t, (results.get(record.t) ?? 0) + (record.k === 'end' || record.k.endsWith('.settle') ? 1 : 0));
    if (record.k === 'ecs.command' || record.k === 'boot' || record.k === 'agent') kept.add(record.t);
  });
  let count = 0;
  for (const [task, own] of [...results].reverse()) {
    count += own;
    if (count > KEPT_RESULTS) break;
    kept.add(task);
  }
  journal.compact((text) => {
    const record: CloudRecord = JSON.parse(text);
    return kept.has(record.t);
  });
};
