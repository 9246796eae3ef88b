import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

const CHUNK_BYTES = 1024 * 1024;
const NEWLINE = 10;

/** Where a record stands in the journal. */
export interface RecordPlace {
  readonly offset: number;
  readonly length: number;
}

/** One line of the journal. `k` is its kind, `t` the task (command or invocation) it belongs to. */
export interface JournalRecord {
  readonly k: string;
  readonly t: string;
}

/**
 * An append-only file of JSON lines. What was flushed survives a kill of the process (not a power cut: it is not synced). Records are
 * gathered and written together; `flush` before anything that others can see.
 */
export class Journal {
  readonly #path: string;
  #file: number;
  #size: number;
  #pending: string[] = [];
  #scheduled = false;

  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true });
    this.#path = path;
    cutUnfinishedLine(path);
    this.#file = openSync(path, 'a+', 0o600);
    this.#size = fstatSync(this.#file).size;
  }

  get sizeBytes(): number {
    return this.#size;
  }

  append<Kind extends JournalRecord>(record: Kind): RecordPlace {
    const line = `${JSON.stringify(record)}\n`;
    const place = { offset: this.#size, length: Buffer.byteLength(line) };
    this.#size += place.length;
    this.#pending.push(line);
    if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(() => {
        this.#scheduled = false;
        this.flush();
      });
    }
    return place;
  }

  /** Hands everything appended so far to the operating system. */
  flush(): void {
    if (this.#pending.length === 0) return;
    const text = Buffer.from(this.#pending.join(''));
    this.#pending = [];
    let written = 0;
    while (written < text.length) written += writeSync(this.#file, text, written);
  }

  /** The text of one record. */
  read(place: RecordPlace): string {
    this.flush();
    const bytes = Buffer.alloc(place.length);
    readSync(this.#file, bytes, 0, place.length, place.offset);
    return bytes.toString('utf8');
  }

  /** Every record from the beginning, with its place. */
  replay(onRecord: (text: string, place: RecordPlace) => void): void {
    this.flush();
    readLines(this.#file, onRecord);
  }

  /** Rewrites the journal with only the records that `keep` accepts. Places change: replay afterwards. */
  compact(keep: (text: string) => boolean): void {
    const next = `${this.#path}.next`;
    const file = openSync(next, 'w', 0o600);
    this.replay((text) => {
      if (keep(text)) writeSync(file, `${text}\n`);
    });
    closeSync(file);
    closeSync(this.#file);
    renameSync(next, this.#path);
    this.#file = openSync(this.#path, 'a+', 0o600);
    this.#size = fstatSync(this.#file).size;
  }

  close(): void {
    this.flush();
    closeSync(this.#file);
  }
}

/** Calls for every whole line of an open file. */
const readLines = (file: number, onLine: (text: string, place: RecordPlace) => void): number => {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let rest: Buffer = Buffer.alloc(0);
  let offset = 0;
  for (let at = 0; ; ) {
    const count = readSync(file, chunk, 0, CHUNK_BYTES, at);
    if (count === 0) return offset;
    at += count;
    const data = Buffer.concat([rest, chunk.subarray(0, count)]);
    let from = 0;
    for (let end = data.indexOf(NEWLINE); end >= 0; end = data.indexOf(NEWLINE, from)) {
      onLine(data.toString('utf8', from, end), { offset, length: end + 1 - from });
      offset += end + 1 - from;
      from = end + 1;
    }
    rest = data.subarray(from);
  }
};

/** A kill in the middle of a write leaves half a line, which nobody was told about: it is cut off. */
const cutUnfinishedLine = (path: string): void => {
  if (!existsSync(path)) return;
  const file = openSync(path, 'r');
  const whole = readLines(file, () => undefined);
  const size = fstatSync(file).size;
  closeSync(file);
  if (size > whole) truncateSync(path, whole);
};
