import * as z from 'zod';
import { defineCommand } from '../../command.ts';
import { readContexts, requireContext, writeContexts } from '../../contexts/contexts-file.ts';
import { contextsText } from '../../output/context-text.ts';

/** `drover context use`. */
export const contextUseCommand = defineCommand({
  name: 'use',
  summary: 'Use a context from now on',
  args: { '<name>': 'one of drover context ls' },
  schema: z.object({}),
  run: async ({ host, style, print }, _flags, [name = '']) => {
    const contexts = await readContexts(host);
    requireContext(contexts, name);
    const after = { ...contexts, current: name };
    await writeContexts(host, after);
    print(after, () => contextsText(after, style));
    return 0;
  },
});
