import * as z from 'zod';
import type { OptionSpec } from '../command.ts';

const texts = z.array(z.string()).optional();

/** Flags that narrow a run to parts of its job. */
export const narrowingOptions: readonly OptionSpec[] = [
  { flags: '--group <name>', description: 'only this group (may be repeated)', many: true },
  { flags: '--phase <name>', description: 'only this phase (may be repeated)', many: true },
  { flags: '--node <ids>', description: 'only these nodes: an id or a comma list (may be repeated)', many: true },
];
/** The values of those flags. */
export const narrowingFlagsSchema = z.object({ group: texts, phase: texts, node: texts });

/** Flags of commands that take a job. */
export const jobOptions: readonly OptionSpec[] = [
  {
    flags: '--param <name=value>',
    description: 'a parameter of the job (may be repeated); name=@path uploads a file for one of type file',
    many: true,
  },
  { flags: '--params-file <file>', description: 'parameters as YAML or JSON' },
  {
    flags: '--nodes-file <file>',
    description: 'run on these nodes: JSON lines, of Drover or of autoexec, or a hosts file',
  },
  ...narrowingOptions,
  { flags: '--params <file>', description: 'autoexec: the job parameter file, in place of a job file' },
  { flags: '--nodes <file>', description: 'autoexec: the nodes file' },
  { flags: '--scripts <dir>', description: 'autoexec: the folder with the scripts' },
];
/** The values of those flags, the narrowing ones included. */
export const jobFlagsSchema = narrowingFlagsSchema.extend({
  param: texts,
  paramsFile: z.string().optional(),
  nodesFile: z.string().optional(),
  params: z.string().optional(),
  nodes: z.string().optional(),
  scripts: z.string().optional(),
});
