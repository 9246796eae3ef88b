import type { CommandSpec, FrozenCommand } from '../model/command.ts';
import type { Job, Phase } from '../model/job.ts';
import { type Operation, operationSchema, type WrittenOperation } from '../model/operation.ts';

/** The commands of a job by the reference that it writes: `ops/restart@latest`. */
export type FrozenCommands = Readonly<Record<string, FrozenCommand>>;

/** What an operation has that says nothing of it. */
const unsaid = operationSchema.shape.timeout.parse(undefined);

/** Secret arguments, which go to the environment as they are written: only the node sees their values. */
const secretArguments = ({ arguments: declared }: CommandSpec, given: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(given).filter(([name]) => declared[name]?.type === 'secret'));

const applyCommand = ({ use: _use, ...operation }: WrittenOperation, command: FrozenCommand): Operation => {
  const { spec } = command;
  const given = operation.with ?? {};
  const secrets = secretArguments(spec, given);
  const failOn = operation.failOn ?? spec.failOn;
  const okExitCodes = operation.okExitCodes ?? spec.okExitCodes;
  const runAs = operation.runAs ?? spec.runAs;
  const workingDirectory = operation.workingDirectory ?? spec.workingDirectory;
  return {
    ...operation,
    run: spec.run,
    interpreter: spec.interpreter,
    with: Object.fromEntries(Object.entries(given).filter(([name]) => !Object.hasOwn(secrets, name))),
    env: { ...spec.env, ...operation.env, ...secrets },
    timeout: operation.timeout === unsaid ? spec.timeout : operation.timeout,
    outputs: spec.outputs,
    ...(failOn === undefined ? {} : { failOn }),
    ...(okExitCodes === undefined ? {} : { okExitCodes }),
    ...(runAs === undefined ? {} : { runAs }),
    ...(workingDirectory === undefined ? {} : { workingDirectory }),
    command: {
      name: command.name,
      version: command.version,
      arguments: spec.arguments,
      positional: spec.positional,
      libraries: command.libraries,
    },
  };
};

const applyIn = (operation: WrittenOperation, commands: FrozenCommands): Operation => {
  const command = operation.use === undefined ? undefined : commands[operation.use];
  const applied = command === undefined ? operation : applyCommand(operation, command);
  const { operations, else: others } = applied;
  return {
    ...applied,
    ...(operations === undefined ? {} : { operations: operations.map((one) => applyIn(one, commands)) }),
    ...(others === undefined ? {} : { else: others.map((one) => applyIn(one, commands)) }),
  };
};

const applyInPhase = (phase: Phase, commands: FrozenCommands): Phase => ({
  ...phase,
  operations: phase.operations.map((operation) => applyIn(operation, commands)),
});

/**
 * A job in which each use of a command has become the script of that version, with its settings: those that the operation says itself count
 * more. A `timeout` of one hour is what an operation has when it says nothing, so the command's counts. Uses of other commands stay.
 */
export const applyCommands = (job: Job, commands: FrozenCommands): Job =>
  Object.keys(commands).length === 0
    ? job
    : {
        ...job,
        spec: {
          ...job.spec,
          groups: job.spec.groups.map((group) => ({
            ...group,
            phases: group.phases.map((phase) => applyInPhase(phase, commands)),
          })),
        },
      };
