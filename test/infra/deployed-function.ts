import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Answer } from './function-process.ts';

/** A deployed function with a process of its own that stays, as a warm instance of Lambda does. */
export interface DeployedFunction {
  /** Calls the handler; an error of it is thrown under its name. */
  call(event: unknown): Promise<unknown>;
  /** How often it was called. */
  readonly calls: () => number;
  /** What it wrote to its log. */
  readonly log: () => string;
  stop(): Promise<void>;
}

/** Payload of a synchronous call of a Step Functions task, input and output (quotas of Step Functions). */
const maxBytes = 262_144;

const within = (what: string, text: string): string => {
  if (Buffer.byteLength(text) >= maxBytes) throw new Error(`${what} has ${Buffer.byteLength(text)} bytes`);
  return text;
};

/** A bundle in a process of its own, with exactly these variables. The process starts at the first call. */
export const startFunction = (
  { name, file }: { readonly name: string; readonly file: string },
  environment: Readonly<Record<string, string>>,
): DeployedFunction => {
  const waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  let calls = 0;
  let log = '';
  let child: ChildProcess | undefined;
  const settle = (answer: Answer) => {
    const call = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('error' in answer) call?.reject(Object.assign(new Error(answer.error.message), { name: answer.error.name }));
    else call?.resolve(JSON.parse(within(`Output of ${name}`, answer.result)));
  };
  const start = (): ChildProcess => {
    const started = fork(fileURLToPath(new URL('./function-process.ts', import.meta.url)), [file], {
      env: environment,
      silent: true,
    });
    for (const stream of [started.stdout, started.stderr]) stream?.on('data', (chunk) => (log += chunk));
    started.on('message', settle);
    started.on('exit', () => {
      for (const { reject } of waiting.values()) reject(new Error(`${name} has ended. ${log}`));
    });
    return started;
  };
  return {
    call: (event) => {
      calls += 1;
      const id = calls;
      const text = within(`Input of ${name}`, JSON.stringify(event));
      child ??= start();
      const process = child;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        process.send({ id, event: text });
      });
    },
    calls: () => calls,
    log: () => log,
    stop: async () => {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const ending = child;
      ending.disconnect();
      const kill = setTimeout(() => ending.kill('SIGKILL'), 5_000);
      await once(ending, 'exit');
      clearTimeout(kill);
    },
  };
};
