import { AppError, toAppError } from '../errors/app-error.ts';
import type { TaskSpec } from './task-registry.ts';

/** Step Functions' limit for the input or output of a task, in bytes of UTF-8. */
export const maxPayloadBytes = 262_144;

/**
 * Runs a task as both runners do: input checked, output checked, every error coded (its `name` is the code, which the state machine's
 * `ErrorEquals` sees).
 * @throws AppError `task.invalid-input`, `task.invalid-output`, `task.payload-too-large`, or what the behaviour throws.
 */
export const runTask = async (
  spec: TaskSpec,
  behaviour: (input: never) => Promise<unknown>,
  rawInput: unknown,
): Promise<unknown> => {
  const input = spec.input.safeParse(rawInput);
  if (!input.success) throw new AppError('task.invalid-input', `${spec.folder}: ${input.error.message}`);
  const output = spec.output.safeParse(await guard(behaviour, input.data));
  if (!output.success) throw new AppError('task.invalid-output', `${spec.folder}: ${output.error.message}`);
  const bytes = new TextEncoder().encode(JSON.stringify(output.data)).length;
  if (bytes > maxPayloadBytes)
    throw new AppError(
      'task.payload-too-large',
      `${spec.folder}: its output has ${bytes} bytes, the limit is ${maxPayloadBytes}`,
    );
  return output.data;
};

const guard = async (behaviour: (input: never) => Promise<unknown>, input: unknown): Promise<unknown> => {
  try {
    // The schema of this very task has just accepted the input; the registry ties the two together.
    return await behaviour(input as never);
  } catch (error) {
    throw toAppError(error);
  }
};
