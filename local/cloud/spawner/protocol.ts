import type { Ending } from './ending.ts';

/**
 * What the server and a spawner (a small helper process that starts the commands of the instances) say to each other:
 * one JSON object a line, requests on the spawner's standard input, reports on its standard output.
 */

/** What the runs of one task have in common; sent once to each spawner that runs any of them. */
export interface TaskMessage {
  readonly op: 'task';
  readonly task: string;
  readonly script: string;
  /** PowerShell's program, for a script that it runs; `/bin/sh` otherwise. */
  readonly powershell?: string;
  readonly env: Readonly<Record<string, string>>;
  /** True: standard error goes into the same stream as standard output (Cloud Assistant). */
  readonly merge: boolean;
  readonly timeoutSeconds: number;
  readonly ending: Ending;
  /** Ignored when it does not exist, as the SSM agent does. */
  readonly cwd?: string;
}

/** Starts one run on one instance. */
export interface RunMessage {
  readonly op: 'run';
  readonly run: string;
  readonly task: string;
  readonly instance: string;
  readonly env: Readonly<Record<string, string>>;
  /** Replaces the task's script, where built-in values of the instance were filled in. */
  readonly script?: string;
}

/** `ack`: the ends of these runs are journaled. `close`: kill what runs, report it, exit. */
export type SpawnerRequest =
  | TaskMessage
  | RunMessage
  | { readonly op: 'stop'; readonly run: string }
  | { readonly op: 'forget'; readonly task: string }
  | { readonly op: 'ack'; readonly runs: readonly string[] }
  | { readonly op: 'close' };

/** Why a run is over. `lost`: its spawner died with it, so nobody knows. */
export type EndCause = 'exited' | 'timedOut' | 'stopped' | 'failedToStart' | 'lost';

/** How a run ended. */
export interface RunEnd {
  readonly cause: EndCause;
  /** Exit code; 128 + signal number when a signal ended it. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Bytes printed, also those that were not kept. */
  readonly stdoutBytes: number;
  readonly stderrBytes: number;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

/** What a spawner reports of its runs. */
export type SpawnerReport =
  | { readonly t: 'started'; readonly run: string; readonly atMs: number }
  | { readonly t: 'partial'; readonly run: string; readonly text: string }
  | ({ readonly t: 'end'; readonly run: string } & RunEnd);

/**
 * Lines of a spawner's own file. It announces itself; when the server is gone it adds what it holds (runs whose end no server
 * has acknowledged), then each further end, then `done`.
 */
export type SpawnerFileLine =
  | { readonly t: 'hello'; readonly pid: number }
  | { readonly t: 'held'; readonly runs: readonly { readonly run: string; readonly pid: number }[] }
  | Extract<SpawnerReport, { readonly t: 'end' }>
  | { readonly t: 'done' };

/** A run of no instance can have this identity, because neither ids of tasks nor of instances hold a space. */
export const runIdOf = (task: string, instance: string): string => `${task} ${instance}`;

/** The parts of a run's identity. */
export const partsOfRun = (run: string): { readonly task: string; readonly instance: string } => {
  const at = run.indexOf(' ');
  return { task: run.slice(0, at), instance: run.slice(at + 1) };
};
