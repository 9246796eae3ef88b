import type { Journal } from '../provider/journal.ts';

/** Sendings kept: the cloud keeps 1,000 for a day. */
const KEPT = 1_000;

/** What came of a file on one instance. */
export interface FileResult {
  readonly instanceId: string;
  readonly status: 'Success' | 'Failed' | 'Aborted';
  readonly errorCode: string;
  readonly errorInfo: string;
  readonly endedAtMs: number;
}

/** One SendFile and its results. */
export interface FileSending {
  readonly invokeId: string;
  readonly region: string;
  readonly name: string;
  readonly targetDir: string;
  readonly createdAtMs: number;
  readonly results: readonly FileResult[];
  readonly fingerprint: string;
  readonly clientToken?: string;
}

/** Record of a sending in the journal. */
export interface FileRecord {
  readonly k: 'ecs.file';
  readonly t: string;
  readonly sending: FileSending;
}

/** The files that were sent. */
export class FileJournal {
  readonly #journal: Journal;
  readonly #sendings = new Map<string, FileSending>();

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  add(sending: FileSending): void {
    const record: FileRecord = { k: 'ecs.file', t: sending.invokeId, sending };
    this.#journal.append(record);
    this.replay(record);
  }

  replay({ sending }: FileRecord): void {
    this.#sendings.set(sending.invokeId, sending);
    const [oldest] = this.#sendings.keys();
    if (this.#sendings.size > KEPT && oldest !== undefined) this.#sendings.delete(oldest);
  }

  byToken(region: string, clientToken: string): FileSending | undefined {
    return this.list(region).find((sending) => sending.clientToken === clientToken);
  }

  /** Newest first. */
  list(region: string): readonly FileSending[] {
    return [...this.#sendings.values()].reverse().filter((sending) => sending.region === region);
  }
}
