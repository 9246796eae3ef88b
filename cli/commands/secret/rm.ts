import * as z from 'zod';
import { AppError } from '#shared/errors/app-error.ts';
import { defineCommand } from '../../command.ts';
import { readSecretName } from '../../inputs/secret-name.ts';
import { openStore } from './store.ts';

/** `drover secret rm`. */
export const secretRemoveCommand = defineCommand({
  name: 'rm',
  summary: 'Remove a secret of the local cloud',
  args: { '<name>': 'its name, as ls shows it' },
  schema: z.object({}),
  run: async (session, _options, [text = '']) => {
    const name = readSecretName(text);
    if (!(await openStore(session)).remove(name))
      throw new AppError('secret.not-found', `The local store has no secret ${name}`, {
        hint: 'See them with: drover secret ls',
      });
    session.print({ name }, () => `${name}\n`);
    return 0;
  },
});
