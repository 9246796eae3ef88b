import * as z from 'zod';
import type { IgnoreRequest } from '#shared/contract/requests.ts';
import type { OptionSpec } from '../command.ts';

/** Flags that say which nodes of a run are meant. */
export const markScopeOptions: readonly OptionSpec[] = [
  {
    flags: '--node <ids>',
    description: 'these nodes, by id or name: one or a comma list (may be repeated)',
    many: true,
  },
  { flags: '--phase <name>', description: 'in this phase (may be repeated)', many: true },
  { flags: '--group <name>', description: 'in this group (may be repeated)', many: true },
];

const texts = z.array(z.string()).optional();

/** The values of those flags. */
export const markScopeFlagsSchema = z.object({ node: texts, phase: texts, group: texts });

/** What the flags mean. */
export const markScopeOf = ({ node, phase, group }: z.output<typeof markScopeFlagsSchema>): IgnoreRequest['only'] => ({
  ...(node === undefined ? {} : { nodes: node.flatMap((text) => text.split(',')) }),
  ...(phase === undefined ? {} : { phases: phase }),
  ...(group === undefined ? {} : { groups: group }),
});
