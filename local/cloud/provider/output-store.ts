import type { RunEnd } from '../spawner/protocol.ts';
import type { Journal, RecordPlace } from './journal.ts';

/** Bytes of output kept in memory; older output is read back from the journal. */
const KEPT_BYTES = 16 * 1024 * 1024;

/** What a command printed, as far as its agent keeps it. */
export type RunOutput = Pick<RunEnd, 'stdout' | 'stderr' | 'stdoutBytes' | 'stderrBytes'>;

/** Nothing printed. */
export const EMPTY_OUTPUT: RunOutput = { stdout: '', stderr: '', stdoutBytes: 0, stderrBytes: 0 };

/** Outputs by the place of their record in the journal, the newest in memory. */
export class OutputStore {
  readonly #journal: Journal;
  readonly #kept = new Map<number, RunOutput>();
  #keptBytes = 0;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** Remembers an output that was just journaled. */
  keep(place: RecordPlace, end: RunEnd): void {
    const output = {
      stdout: end.stdout,
      stderr: end.stderr,
      stdoutBytes: end.stdoutBytes,
      stderrBytes: end.stderrBytes,
    };
    this.#kept.set(place.offset, output);
    this.#keptBytes += sizeOf(output);
    for (const [offset, old] of this.#kept) {
      if (this.#keptBytes <= KEPT_BYTES) return;
      this.#kept.delete(offset);
      this.#keptBytes -= sizeOf(old);
    }
  }

  get(place: RecordPlace | undefined): RunOutput {
    if (place === undefined) return EMPTY_OUTPUT;
    const kept = this.#kept.get(place.offset);
    if (kept !== undefined) return kept;
    const record: { readonly end: RunEnd } = JSON.parse(this.#journal.read(place));
    return record.end;
  }
}

const sizeOf = (output: RunOutput): number => output.stdout.length + output.stderr.length + 64;
