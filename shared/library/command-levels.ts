import { type DocumentLevel, documentLevel as level } from '../job/document-kind.ts';
import { jobLevels } from '../job/job-levels.ts';
import { commandMetadataSchema, commandSchema, commandSpecSchema } from '../model/command.ts';
import { paramSchema } from '../model/job.ts';
import { failOnSchema, outputSchema } from '../model/operation.ts';

const shared: ReadonlySet<unknown> = new Set([paramSchema, failOnSchema, outputSchema]);

/** Every kind of map in a command file, from the outside in. */
export const commandLevels: readonly DocumentLevel[] = [
  level('a command', commandSchema, {
    apiVersion: 'Version of the format: drover/v1.',
    kind: 'What the file holds: Command.',
    metadata: 'Name, description and labels of the command.',
    spec: 'The script and its settings. Their digest is the id of the version.',
  }),
  level('metadata', commandMetadataSchema, {
    name: 'Name of the command: a path such as ops/restart.',
    description: 'What the command is for.',
    labels: 'Words to find the command by.',
  }),
  level('spec', commandSpecSchema, {
    type: 'script, or library: a file for scripts that use it.',
    run: 'The text. Nothing in it is replaced: values come as arguments.',
    interpreter: 'What runs the script, or reads the library.',
    arguments: 'What a use gives, by name. Each is an environment variable of that name unless it is positional.',
    positional: 'Names of the arguments that become arguments of the script, in this order: "$1", "$2".',
    libraries: 'Library commands, as name, name@latest or name@<version>. Their files are in the folder $DROVER_LIB.',
    file: 'File name of a library on the node; by default the last part of its name with the usual ending.',
    env: 'Environment variables with fixed values.',
    timeout: 'How long the script may run: 30s, 10m, 1h. An operation may say another time.',
    failOn: 'What in the output, or which exit codes, make it fail although the script ended well.',
    okExitCodes: 'Exit codes that mean success, in place of 0 alone.',
    outputs: 'Names that the script writes to the file $DROVER_OUTPUT as name=value.',
    runAs: 'User that runs the script.',
    workingDirectory: 'Directory in which the script runs.',
  }),
  ...jobLevels.filter(({ schema }) => shared.has(schema)),
];
