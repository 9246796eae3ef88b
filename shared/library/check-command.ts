import { checkEnvNames, checkLiteral } from '../job/check-operations.ts';
import { checkParam } from '../job/check-params.ts';
import type { Finding, Path } from '../job/finding.ts';
import { type Command, type CommandSpec, commandSpecSchema } from '../model/command.ts';
import { isReference, readCommandReference } from './command-reference.ts';
import { libraryFile } from './library-file.ts';

const spec: Path = ['spec'];

const checkArguments = ({ arguments: declared, positional, env }: CommandSpec): readonly Finding[] => [
  ...Object.entries(declared).flatMap(([name, param]) => checkParam([...spec, 'arguments', name], param)),
  ...checkEnvNames([...spec, 'arguments'], declared),
  ...Object.keys(declared)
    .filter((name) => Object.hasOwn(env, name) && !positional.includes(name))
    .map((name) => ({
      path: [...spec, 'env', name],
      message: `'${name}' is an argument and an environment variable; the script could see only one of them`,
      atKey: true,
    })),
  ...positional.flatMap((name, index) => {
    const path = [...spec, 'positional', index];
    if (!Object.hasOwn(declared, name))
      return [{ path, message: `there is no argument '${name}'`, suggestion: 'Declare it under spec.arguments.' }];
    return positional.indexOf(name) === index ? [] : [{ path, message: `'${name}' has a position already` }];
  }),
];

/** Where a secret would be seen, or kept. */
const checkSecretArguments = ({ arguments: declared, positional }: CommandSpec): readonly Finding[] =>
  Object.entries(declared).flatMap(([name, param]): readonly Finding[] => {
    if (param.type !== 'secret') return [];
    const path = [...spec, 'arguments', name];
    return [
      ...(param.default === undefined
        ? []
        : [
            {
              path: [...path, 'default'],
              message: 'a secret comes from the job, and has no default here',
              atKey: true,
            },
          ]),
      ...(positional.includes(name)
        ? [{ path, message: 'a secret cannot come by position: arguments are seen by every user of the node (ps)' }]
        : []),
    ];
  });

const checkLiterals = ({ run, runAs, workingDirectory, env, outputs }: CommandSpec): readonly Finding[] => [
  ...checkLiteral([...spec, 'run'], run, 'Declare an argument: it reaches the script as an environment variable.'),
  ...checkLiteral([...spec, 'runAs'], runAs, 'An operation that uses the command may name another user.'),
  ...checkLiteral([...spec, 'workingDirectory'], workingDirectory, 'Declare an argument and cd to it in the script.'),
  ...Object.entries(env).flatMap(([name, text]) =>
    checkLiteral([...spec, 'env', name], text, 'A command knows no run; declare an argument.'),
  ),
  ...Object.entries(outputs).flatMap(([name, output]) =>
    checkLiteral([...spec, 'outputs', name, 'default'], output.default, 'A command knows no run; write a fixed value.'),
  ),
];

/** Settings of scripts; a library has none of them. */
const scriptKeys = [
  'arguments',
  'positional',
  'env',
  'timeout',
  'failOn',
  'okExitCodes',
  'outputs',
  'runAs',
  'workingDirectory',
] as const;

const bare = commandSpecSchema.parse({ run: 'x' });

const checkType = ({ metadata, spec: command }: Command): readonly Finding[] => {
  if (command.type === 'script')
    return command.file === undefined
      ? []
      : [{ path: [...spec, 'file'], message: "'file' is for libraries, and this is a script", atKey: true }];
  const useless = scriptKeys
    .filter((key) => JSON.stringify(command[key]) !== JSON.stringify(bare[key]))
    .map((key) => ({ path: [...spec, key], message: `'${key}' is for scripts, and this is a library`, atKey: true }));
  return [...useless, ...checkModuleName(metadata.name, command)];
};

/** Python finds a module only under a name that is a word of the language. */
const checkModuleName = (name: string, command: CommandSpec): readonly Finding[] => {
  const file = libraryFile(name, command);
  if (command.interpreter !== 'python3' || /^[A-Za-z_][A-Za-z0-9_]*\.py$/.test(file)) return [];
  return [
    {
      path: command.file === undefined ? ['metadata', 'name'] : [...spec, 'file'],
      message: `Python cannot import '${file}'`,
      suggestion: "Give it a name with 'file', such as file: net_tools.py.",
    },
  ];
};

const checkLibraries = ({ metadata, spec: { libraries } }: Command): readonly Finding[] => {
  const seen = new Set<string>();
  return libraries.flatMap((text, index) => {
    const path = [...spec, 'libraries', index];
    const reading = readCommandReference(text);
    if (!isReference(reading)) return [{ path, ...reading }];
    if (reading.name === metadata.name) return [{ path, message: 'a command cannot be its own library' }];
    if (seen.has(reading.name)) return [{ path, message: `library '${reading.name}' is there twice` }];
    seen.add(reading.name);
    return [];
  });
};

const checkFailOn = ({ failOn }: CommandSpec): readonly Finding[] =>
  failOn !== undefined && failOn.patterns === undefined && failOn.exitCodes === undefined
    ? [{ path: [...spec, 'failOn'], message: "needs 'patterns' or 'exitCodes'" }]
    : [];

/** Everything that is wrong with a command that its schema cannot say. */
export const checkCommand = (command: Command): readonly Finding[] => [
  ...checkType(command),
  ...checkArguments(command.spec),
  ...checkSecretArguments(command.spec),
  ...checkEnvNames([...spec, 'env'], command.spec.env),
  ...checkLiterals(command.spec),
  ...checkLibraries(command),
  ...checkFailOn(command.spec),
];
