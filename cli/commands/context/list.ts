import * as z from 'zod';
import { defineCommand } from '../../command.ts';
import { readContexts } from '../../contexts/contexts-file.ts';
import { contextsText } from '../../output/context-text.ts';

/** `drover context ls`. */
export const contextListCommand = defineCommand({
  name: 'ls',
  summary: 'List the contexts; the one in use has a star',
  schema: z.object({}),
  run: async ({ host, style, print }) => {
    const contexts = await readContexts(host);
    print(contexts, () => contextsText(contexts, style));
    return 0;
  },
});
