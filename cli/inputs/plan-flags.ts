import * as z from 'zod';
import type { OptionSpec } from '../command.ts';

const details = ['nodes', 'scripts'] as const;

/** Flags that say how much of a plan is shown, and how the command ends. */
export const planOptions: readonly OptionSpec[] = [
  {
    flags: '--show <what>',
    description: 'nodes: where each one runs, or why not; scripts: all of them with all values (may be repeated)',
    many: true,
  },
  { flags: '--detailed-exitcode', description: 'end with 0 for nothing to do, 2 for work to do, 1 for an error' },
];
/** The values of those flags. */
export const planFlagsSchema = z.object({
  show: z.array(z.enum(details, `is one of ${details.join(', ')}`)).optional(),
  detailedExitcode: z.boolean().optional(),
});
export type PlanFlags = z.output<typeof planFlagsSchema>;
