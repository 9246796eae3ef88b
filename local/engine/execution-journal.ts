import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { executionInputSchema } from '#shared/workflow/task-registry.ts';

/** Input of an execution. */
export type ExecutionInput = z.output<typeof executionInputSchema>;

/** Which executions were started, and which of them are at their end: a file each, so that it survives the process. */
export interface ExecutionJournal {
  /** Notes a start; false when that execution is known, at its end or not. */
  begin(input: ExecutionInput): Promise<boolean>;
  /** Notes the end. */
  end(input: ExecutionInput): Promise<void>;
  /** How an execution stands; undefined when it was never started. */
  find(input: ExecutionInput): Promise<'running' | 'ended' | undefined>;
  /** Executions that were started and are not at their end. */
  unfinished(): Promise<readonly ExecutionInput[]>;
}

/** Opens the journal in a folder of its own. */
export const openExecutionJournal = async (dir: string): Promise<ExecutionJournal> => {
  const [running, ended] = [join(dir, 'running'), join(dir, 'ended')];
  await mkdir(running, { recursive: true });
  await mkdir(ended, { recursive: true });
  const nameOf = ({ runId, attempt }: ExecutionInput): string => `${runId}-${attempt}.json`;
  return {
    begin: async (input) => {
      if ((await readdir(ended)).includes(nameOf(input))) return false;
      try {
        await writeFile(join(running, nameOf(input)), JSON.stringify(input), { flag: 'wx' });
        return true;
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
        throw error;
      }
    },
    end: (input) => rename(join(running, nameOf(input)), join(ended, nameOf(input))),
    find: async (input) => {
      if ((await readdir(ended)).includes(nameOf(input))) return 'ended';
      return (await readdir(running)).includes(nameOf(input)) ? 'running' : undefined;
    },
    unfinished: async () => {
      const inputs: ExecutionInput[] = [];
      for (const name of (await readdir(running)).sort()) {
        const input = executionInputSchema.safeParse(parseJson(await readFile(join(running, name), 'utf8')));
        // A file that a crash left half written belongs to a start that was never answered: its caller will ask again.
        if (input.success) inputs.push(input.data);
        else await rm(join(running, name));
      }
      return inputs;
    },
  };
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
