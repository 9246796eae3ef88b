import { randomUUID } from 'node:crypto';
import { homedir } from 'node:os';
import { createInterface, type Interface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { awsCredentials } from './aws/aws-credentials.ts';
import type { CliHost, OutputSink, TextSource } from './host.ts';

/** The parts of a process that the CLI uses. */
export type HostProcess = Pick<NodeJS.Process, 'env' | 'stdin' | 'stdout' | 'stderr' | 'kill' | 'on' | 'off'>;

const sinkOf = (stream: NodeJS.WriteStream): OutputSink => ({
  write: (text) => void stream.write(text),
  writeBytes: (bytes) => void stream.write(bytes),
  isTerminal: stream.isTTY === true,
  get columns() {
    return stream.columns;
  },
  get rows() {
    return stream.rows;
  },
});

const readAll = async (stream: NodeJS.ReadStream): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
};

const sourceOf = ({ stdin, stderr }: HostProcess): TextSource => ({
  isTerminal: stdin.isTTY === true,
  readText: () => readAll(stdin),
  ask: (question) => answerOf(createInterface({ input: stdin, output: stderr }), question),
  askHidden: async (question) => {
    stderr.write(question);
    // As a terminal it takes the echo away from the terminal, and shows what is typed itself: to nobody.
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
    try {
      return await answerOf(createInterface({ input: stdin, output: nowhere, terminal: true }), '');
    } finally {
      stderr.write('\n');
    }
  },
});

const answerOf = async (lines: Interface, question: string): Promise<string> => {
  try {
    // An interrupt or the end of the input closes the interface, which leaves its question unanswered for ever.
    const closed = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
    return await Promise.race([lines.question(question), closed]);
  } finally {
    lines.close();
  }
};

const isAlive = (kill: HostProcess['kill'], pid: number): boolean => {
  try {
    kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) {
      resolve();
      return;
    }
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
    signal?.addEventListener('abort', done);
  });

/** The host that a real process is. */
export const processHost = (
  process: HostProcess,
  rest: Pick<CliHost, 'version' | 'openEmbedded' | 'fetch'>,
): CliHost => ({
  ...rest,
  env: process.env,
  homeDir: homedir(),
  stdin: sourceOf(process),
  stdout: sinkOf(process.stdout),
  stderr: sinkOf(process.stderr),
  now: Date.now,
  awsCredentials,
  sleep,
  newKey: randomUUID,
  isAlive: (pid) => isAlive(process.kill.bind(process), pid),
  onInterrupt: (listener) => {
    process.on('SIGINT', listener);
    return () => void process.off('SIGINT', listener);
  },
});
