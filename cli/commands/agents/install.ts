import * as z from 'zod';
import type { AgentCareView } from '#shared/contract/agent-views.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { defineCommand } from '../../command.ts';
import { targetsOfFlags } from '../../inputs/where.ts';
import { careText } from '../../output/agents-text.ts';

/** `drover agents install`. */
export const agentsInstallCommand = defineCommand({
  name: 'install',
  summary: 'Install agents or bring them up to date where the cloud can, and say what to do where it cannot',
  details:
    'Alibaba Cloud installs Cloud Assistant, which begins with the next restart of the instance (--reboot restarts it). AWS updates SSM agents that answer; it has no call that puts an agent on an instance, so it is said what to do. Without --where, --tag, --set and --node, all nodes are meant.\nIt ends with 1 when a cloud refused something, and with 8 when something is left for you to do.',
  options: [
    { flags: '--where <condition>', description: 'only nodes for which this CEL condition over node holds' },
    { flags: '--tag <name=value>', description: 'only nodes with this tag (may be repeated: all of them)', many: true },
    { flags: '--set <name>', description: 'only nodes of this target set' },
    { flags: '--node <nodes>', description: 'only these nodes, by id or name, as a comma list', many: true },
    { flags: '--dry-run', description: 'say what would be done, and do nothing' },
    { flags: '--reboot', description: 'restart instances that Cloud Assistant was installed on' },
  ],
  schema: z.object({
    where: z.string().optional(),
    tag: z.array(z.string()).optional(),
    set: z.string().optional(),
    node: z.array(z.string()).optional(),
    dryRun: z.boolean().default(false),
    reboot: z.boolean().default(false),
  }),
  run: async (session, { node, dryRun, reboot, ...flags }) => {
    const { where, set } = targetsOfFlags(flags) ?? {};
    if (node !== undefined && (where !== undefined || set !== undefined))
      throw new AppError('usage.invalid', '--node cannot be combined with --where, --tag and --set');
    const { client } = await session.connect();
    const request = {
      ...(where === undefined ? {} : { where }),
      ...(set === undefined ? {} : { set }),
      ...(node === undefined ? {} : { nodes: node.flatMap((text) => text.split(',')) }),
      ...{ dryRun, reboot },
    };
    const items: AgentCareView[] = [];
    let cursor: string | undefined;
    let readAt = '';
    do {
      const page = await client.installAgents({ ...request, ...(cursor === undefined ? {} : { cursor }) });
      items.push(...page.items);
      ({ cursor, readAt } = page);
    } while (cursor !== undefined);
    session.print({ dryRun, items, readAt }, () => careText(items, session.style));
    if (!dryRun && items.some(({ action }) => action === 'install' || action === 'update'))
      session.say('see how they stand in some minutes with: drover agents status --refresh');
    if (items.some(({ action }) => action === 'refused')) return 1;
    return items.some(({ action }) => action === 'manual') ? 8 : 0;
  },
});
