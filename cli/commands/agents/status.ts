import * as z from 'zod';
import { mostNamedAgents } from '#shared/contract/agent-views.ts';
import { defineCommand } from '../../command.ts';
import { targetsOfFlags } from '../../inputs/where.ts';
import { readingText } from '../../output/age-text.ts';
import { agentsText } from '../../output/agents-text.ts';

/** `drover agents status`. */
export const agentsStatusCommand = defineCommand({
  name: 'status',
  summary: 'Count agents by cloud, account and region, with versions, and name those that do not answer',
  details:
    'Silent: there is an agent, and the cloud has not heard of it lately. Missing: the cloud knows the instance and no agent on it. On AWS these are the instances of EC2 with tags that SSM does not know; an instance without any tag is not seen, nor whether it runs.',
  options: [
    { flags: '--where <condition>', description: 'only nodes for which this CEL condition over node holds' },
    { flags: '--tag <name=value>', description: 'only nodes with this tag (may be repeated: all of them)', many: true },
    { flags: '--set <name>', description: 'only nodes of this target set' },
    { flags: '--all', description: 'name every agent that does not answer, not only the first 20' },
    { flags: '--refresh', description: 'read the clouds now, whatever is known of them' },
  ],
  schema: z.object({
    where: z.string().optional(),
    tag: z.array(z.string()).optional(),
    set: z.string().optional(),
    all: z.boolean().optional(),
    refresh: z.boolean().optional(),
  }),
  run: async (session, { all, refresh, ...nodes }) => {
    const { where, set } = targetsOfFlags(nodes) ?? {};
    const { client } = await session.connect();
    const view = await client.viewAgents({
      ...(where === undefined ? {} : { where }),
      ...(set === undefined ? {} : { set }),
      ...(refresh === undefined ? {} : { refresh }),
      ...(all === true ? { limit: mostNamedAgents } : {}),
    });
    session.print(view, () => agentsText(view, session.style, session.host.now()));
    session.say(readingText(view, session.host.now(), session.style));
    return 0;
  },
});
