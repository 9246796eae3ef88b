import * as z from 'zod';
import { defineCommand } from '../../command.ts';
import { readContexts, requireContext, writeContexts } from '../../contexts/contexts-file.ts';
import { contextsText } from '../../output/context-text.ts';

/** `drover context rm`. */
export const contextRemoveCommand = defineCommand({
  name: 'rm',
  summary: 'Forget a context; what it leads to stays as it is',
  args: { '<name>': 'one of drover context ls' },
  schema: z.object({}),
  run: async ({ host, style, print }, _flags, [name = '']) => {
    const before = await readContexts(host);
    requireContext(before, name);
    const { [name]: _gone, ...contexts } = before.contexts;
    const after = { contexts, ...(before.current === name ? {} : { current: before.current }) };
    await writeContexts(host, after);
    print(after, () => contextsText(after, style));
    return 0;
  },
});
