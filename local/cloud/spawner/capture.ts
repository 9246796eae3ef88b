/** Bytes of standard output that the SSM agent keeps (agent source: MaxStdoutLength), and of standard error. */
export const SSM_STDOUT_BYTES = 24_000;
export const SSM_STDERR_BYTES = 8_000;
/** Bytes of output that Cloud Assistant returns (DescribeInvocationResults reference). */
export const ASSISTANT_OUTPUT_BYTES = 24 * 1024;
const ASSISTANT_STREAMED_BYTES = 8 * 1024;
const ASSISTANT_TICK_BYTES = 2 * 1024;

/** Keeps what an agent would keep of one stream, in bounded memory. */
export interface Capture {
  push(chunk: Buffer): void;
  /** Bytes seen, also those dropped. */
  readonly totalBytes: number;
  text(): string;
}

/** Keeps the first bytes of a stream, as the SSM agent does. */
export class HeadCapture implements Capture {
  totalBytes = 0;
  readonly #limit: number;
  #chunks: Buffer[] = [];
  #kept = 0;

  constructor(limitBytes: number) {
    this.#limit = limitBytes;
  }

  push(chunk: Buffer): void {
    this.totalBytes += chunk.length;
    const room = this.#limit - this.#kept;
    if (room <= 0) return;
    const part = chunk.subarray(0, room);
    this.#chunks.push(part);
    this.#kept += part.length;
  }

  text(): string {
    return this.#kept === 0 ? '' : Buffer.concat(this.#chunks).toString('utf8');
  }
}

/**
 * Keeps what Cloud Assistant keeps: bytes that were streamed while the command ran (at most 2 KiB a tick, 8 KiB in all), then the
 * last bytes that fit. Whatever lies between is a hole without a mark; a fast run has a tail only.
 */
export class AssistantCapture implements Capture {
  totalBytes = 0;
  #head: Buffer = Buffer.alloc(0);
  #tail: Buffer[] = [];
  #tailBytes = 0;
  #streamed = 0;

  push(chunk: Buffer): void {
    if (this.#head.length < ASSISTANT_STREAMED_BYTES) {
      this.#head = Buffer.concat([this.#head, chunk.subarray(0, ASSISTANT_STREAMED_BYTES - this.#head.length)]);
    }
    this.totalBytes += chunk.length;
    this.#tail.push(chunk);
    this.#tailBytes += chunk.length;
    let first = this.#tail[0];
    while (first !== undefined && this.#tailBytes - first.length >= ASSISTANT_OUTPUT_BYTES) {
      this.#tailBytes -= first.length;
      this.#tail.shift();
      first = this.#tail[0];
    }
  }

  /** Streams a little more; true when there was something new. To be called once a second while the command runs. */
  tick(): boolean {
    const next = Math.min(this.#head.length, this.#streamed + ASSISTANT_TICK_BYTES);
    const grew = next > this.#streamed;
    this.#streamed = next;
    return grew;
  }

  /** What a look at a running command shows. */
  partial(): string {
    return this.#head.subarray(0, this.#streamed).toString('utf8');
  }

  text(): string {
    const rest = Math.min(ASSISTANT_OUTPUT_BYTES - this.#streamed, this.totalBytes - this.#streamed);
    const tail = Buffer.concat(this.#tail);
    const last = rest === 0 ? Buffer.alloc(0) : tail.subarray(Math.max(0, tail.length - rest));
    return Buffer.concat([this.#head.subarray(0, this.#streamed), last]).toString('utf8');
  }
}
