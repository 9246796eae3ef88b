import * as z from 'zod';
import { AppError } from '#shared/errors/app-error.ts';
import type { NodeId } from '#shared/model/ids.ts';
import { defineCommand } from '../../command.ts';
import { changeFlagsSchema, changeOptions, commentOf, conditionsOf, newOption } from '../../inputs/library-flags.ts';
import { readInventory, readNodesFile } from '../../inputs/nodes-file.ts';
import { readInputFile } from '../../inputs/read-file.ts';
import { parseNodeIds, targetsOfFlags } from '../../inputs/where.ts';

/** `drover targets put`. */
export const targetsPutCommand = defineCommand({
  name: 'put',
  summary: 'Keep a set of targets under a name, by condition or as a list',
  details:
    'Jobs name it: targets: {set: web}, and commands take --set web. A run keeps what the set said when it was planned. Of a nodes file the ids are taken, as they are now.',
  args: { '<name>': 'letters, digits, . _ - (at most 64)' },
  options: [
    { flags: '--where <condition>', description: 'the nodes for which this CEL condition over node holds' },
    { flags: '--tag <name=value>', description: 'nodes with this tag (may be repeated: all of them)', many: true },
    { flags: '--nodes <ids>', description: 'these nodes: an id or a comma list (may be repeated)', many: true },
    { flags: '--nodes-file <file>', description: 'these nodes: JSON lines, of Drover or of autoexec, or a hosts file' },
    { flags: '--description <text>', description: 'what it is for' },
    newOption,
    ...changeOptions,
  ],
  schema: changeFlagsSchema.extend({
    where: z.string().optional(),
    tag: z.array(z.string()).optional(),
    nodes: z.array(z.string()).optional(),
    nodesFile: z.string().optional(),
    description: z.string().max(1024).optional(),
    new: z.boolean().default(false),
  }),
  run: async (session, { nodes, nodesFile, description, where, tag, ...flags }, [name = '']) => {
    const condition = targetsOfFlags({ where, tag })?.where;
    const given = [condition, nodes, nodesFile].filter((one) => one !== undefined);
    if (given.length !== 1)
      throw new AppError('usage.invalid', 'A target set says either a condition or its nodes', {
        hint: `Such as: drover targets put ${name} --where 'node.tags.app == "shop"'; or --tag, --nodes, --nodes-file`,
      });
    const { client } = await session.connect();
    const idsOfFile = async (path: string): Promise<readonly NodeId[]> => {
      const file = await readInputFile(session.host, path);
      return (await readNodesFile(file, (refresh) => readInventory(client, refresh))).map(({ id }) => id);
    };
    const listed = nodes === undefined ? undefined : parseNodeIds(nodes);
    const ids = nodesFile === undefined ? listed : await idsOfFile(nodesFile);
    const { view, etag } = await client.putTargetSet(
      name,
      {
        ...(condition === undefined ? {} : { where: condition }),
        ...(ids === undefined ? {} : { nodes: [...ids] }),
        ...(description === undefined ? {} : { description }),
        ...commentOf(flags),
      },
      conditionsOf(flags),
    );
    session.print({ ...view, etag }, () =>
      view.created
        ? `Put ${name}, revision ${view.revision}: ${view.outline}\n`
        : `${name} is like that already, since revision ${view.revision}\n`,
    );
    return 0;
  },
});
