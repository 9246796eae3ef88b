import type { ConnectionHost } from './connection.ts';
import type { SettingsSource } from './settings.ts';

/** Where text goes: standard output or standard error. */
export interface TextSink {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** Size of the terminal, in characters; asked anew at each use, because it changes. Absent when it is not known. */
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
}

/** Where what nodes printed goes too, byte for byte. */
export interface OutputSink extends TextSink {
  writeBytes(bytes: Uint8Array): void;
}

/** Where text comes from: standard input. */
export interface TextSource {
  readonly isTerminal: boolean;
  /** Everything until the end of the input. */
  readText(): Promise<string>;
  /** Asks the person at the terminal; an interrupt or the end of the input answers ''. */
  ask(question: string): Promise<string>;
  /** The same, without showing what is typed. */
  askHidden(question: string): Promise<string>;
}

/** Everything that the CLI needs of the process and the machine it runs on; tests give their own. */
export interface CliHost extends SettingsSource, ConnectionHost {
  readonly version: string;
  readonly stdin: TextSource;
  /** For data. */
  readonly stdout: OutputSink;
  /** For everything else. */
  readonly stderr: OutputSink;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after that many milliseconds, or at once when the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** A new random key. */
  newKey(): string;
  /** Calls the listener at each Ctrl-C, which then does not end the process, until the returned function is called. */
  onInterrupt(listener: () => void): () => void;
}
