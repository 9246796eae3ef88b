import * as z from 'zod';
import { defineCommand } from '../../command.ts';
import { readNodeList } from '../../inputs/node-list.ts';
import { targetsOfFlags } from '../../inputs/where.ts';
import { readingText } from '../../output/age-text.ts';
import { nodesText } from '../../output/nodes-text.ts';

/** `drover nodes list`. */
export const nodesListCommand = defineCommand({
  name: 'list',
  summary: 'List the nodes that the clouds know of',
  options: [
    { flags: '--where <condition>', description: 'only nodes for which this CEL condition over node holds' },
    { flags: '--tag <name=value>', description: 'only nodes with this tag (may be repeated: all of them)', many: true },
    { flags: '--set <name>', description: 'only nodes of this target set' },
    { flags: '--refresh', description: 'read the clouds now, whatever is known of them' },
  ],
  schema: z.object({
    where: z.string().optional(),
    tag: z.array(z.string()).optional(),
    set: z.string().optional(),
    refresh: z.boolean().optional(),
  }),
  run: async (session, options) => {
    const { where, set } = targetsOfFlags(options) ?? {};
    const { client } = await session.connect();
    const { refresh } = options;
    const list = await readNodeList(client, {
      ...(where === undefined ? {} : { where }),
      ...(set === undefined ? {} : { set }),
      ...(refresh === undefined ? {} : { refresh }),
    });
    session.print(list, () => nodesText(list.items, session.style));
    session.say(readingText(list, session.host.now(), session.style));
    return 0;
  },
});
