import * as z from 'zod';
import type { State, StateMachine } from '#shared/workflow/asl.ts';
import { type TaskName, type TaskSpec, taskRegistry } from '#shared/workflow/task-registry.ts';

/** What is known of a state's input: each path that is there, and where its value comes from (`task.field`, or empty). */
export type Shape = Readonly<Record<string, string>>;

/** A state with one of the inputs that it can have. */
export interface Visit {
  readonly name: string;
  readonly state: State;
  readonly shape: Shape;
}

/** The task that a placeholder stands for. */
export const taskOfPlaceholder = (placeholder: string): TaskName | undefined =>
  (Object.entries(taskRegistry) as [TaskName, TaskSpec][]).find(([, spec]) => spec.placeholder === placeholder)?.[0];

/** The schema of one field of an object schema. */
export const fieldOf = (schema: z.ZodType, name: string): z.ZodType | undefined =>
  schema instanceof z.ZodObject ? schema.shape[name] : undefined;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const without$ = (key: string): string => key.replace(/\.\$$/, '');

/** Paths that a template (Parameters, ItemSelector) makes. */
const made = (template: Readonly<Record<string, unknown>>, before: Shape, prefix = ''): Shape =>
  Object.fromEntries(
    Object.entries(template).flatMap(([key, value]): readonly (readonly [string, string])[] => {
      const path = `${prefix}${without$(key)}`;
      if (isRecord(value)) return [[path, ''], ...Object.entries(made(value, before, `${path}.`))];
      return [[path, typeof value === 'string' && value.startsWith('$.') ? (before[value.slice(2)] ?? '') : '']];
    }),
  );

/** Paths of a task's result, as its ResultSelector puts them at `$.now`. */
const selected = (state: Extract<State, { Type: 'Task' }>): Shape =>
  Object.fromEntries(
    Object.entries(state.ResultSelector ?? {}).map(([key, value]) => [
      `now.${without$(key)}`,
      `${taskOfPlaceholder(state.Parameters.FunctionName)}.${String(value).replace('$.Payload.', '')}`,
    ]),
  );

const lacking = (shape: Shape, root: string): Shape =>
  Object.fromEntries(Object.entries(shape).filter(([path]) => path !== root && !path.startsWith(`${root}.`)));

const after = (state: State, shape: Shape): Shape => {
  if (state.Type === 'Task' && state.ResultSelector) return { ...lacking(shape, 'now'), now: '', ...selected(state) };
  if (state.Type === 'Pass' && state.Parameters) return made(state.Parameters, shape);
  return shape;
};

const caught = (shape: Shape, resultPath: string | null): Shape => {
  if (resultPath === null) return shape;
  const root = resultPath.slice(2);
  return { ...lacking(shape, root), [root]: '', [`${root}.Error`]: '', [`${root}.Cause`]: '' };
};

const nextOf = (state: State, shape: Shape): readonly (readonly [string, Shape])[] => {
  if (state.Type === 'Fail') return [];
  if (state.Type === 'Choice')
    return [...state.Choices.map(({ Next }) => Next), state.Default].map((next) => [next, shape]);
  const catchers = 'Catch' in state ? (state.Catch ?? []) : [];
  return [
    ...('Next' in state ? [[state.Next, after(state, shape)] as const] : []),
    ...catchers.map(({ Next, ResultPath }) => [Next, caught(shape, ResultPath)] as const),
  ];
};

/** Every state of a machine, nested ones included, with every input that it can have. */
export const visits = (machine: StateMachine, input: Shape): readonly Visit[] => {
  const seen = new Map<string, Visit>();
  const queue: (readonly [string, Shape])[] = [[machine.StartAt, input]];
  for (let next = queue.shift(); next; next = queue.shift()) {
    const [name, shape] = next;
    const key = `${name} ${JSON.stringify(Object.entries(shape).sort())}`;
    const state = machine.States[name];
    if (state === undefined) throw new Error(`There is no state ${name}`);
    if (seen.has(key)) continue;
    seen.set(key, { name, state, shape });
    queue.push(...nextOf(state, shape));
  }
  const own = [...seen.values()];
  const nested = own.flatMap(({ state, shape }) =>
    state.Type === 'Map' ? visits(state.ItemProcessor, made(state.ItemSelector, shape)) : [],
  );
  return [...own, ...nested];
};

const pathsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return value.startsWith('$.') ? [value.slice(2)] : [];
  return isRecord(value) || Array.isArray(value) ? Object.values(value).flatMap(pathsIn) : [];
};

/** Paths of its input that a state reads. */
export const readsOf = (state: State): readonly string[] => {
  if (state.Type === 'Choice') return state.Choices.map(({ Variable }) => Variable.slice(2));
  const {
    ItemProcessor: _,
    ResultSelector: __,
    ResultPath: ___,
    Catch: ____,
    ...read
  } = { ItemProcessor: 0, ResultSelector: 0, ResultPath: 0, Catch: 0, ...state };
  return pathsIn(read);
};
