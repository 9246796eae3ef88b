import * as z from 'zod';
import { withoutLineEnd } from '#local/secrets/line-end.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { utf8Bytes } from '#shared/script/literal.ts';
import { leastMaskedBytes } from '#shared/secrets/masked-forms.ts';
import { defineCommand } from '../../command.ts';
import type { CliHost } from '../../host.ts';
import { readSecretName } from '../../inputs/secret-name.ts';
import { openStore } from './store.ts';

const longestBytes = 65_536;

const readValue = async ({ stdin }: Pick<CliHost, 'stdin'>, name: string, raw: boolean): Promise<string> => {
  if (!stdin.isTerminal) return raw ? stdin.readText() : withoutLineEnd(await stdin.readText());
  const value = await stdin.askHidden(`Value of ${name}: `);
  if ((await stdin.askHidden('The same again: ')) === value) return value;
  throw new AppError('usage.invalid', 'The two values differ; nothing was stored');
};

const requireStorable = (value: string): void => {
  const refuse = (message: string, hint: string): never => {
    throw new AppError('usage.invalid', message, { hint });
  };
  if (value === '') refuse('The value is empty', 'Type it when asked, or send it to the standard input.');
  if (value.includes('\0')) refuse('The value holds a NUL character', 'Store base64 of it, which the script decodes.');
  if (utf8Bytes(value) > longestBytes)
    refuse(
      `The value has more than ${longestBytes} bytes`,
      'Keep large files elsewhere, and only what opens them here.',
    );
};

/** `drover secret set`. */
export const secretSetCommand = defineCommand({
  name: 'set',
  summary: 'Store a secret of the local cloud, encrypted on this machine',
  details: [
    'The value is asked for, or read from the standard input: never given as an argument.',
    'Jobs refer to it as local:<name>. Names such as ssm:/drover/secrets/token are what the local cloud has in place of the real stores.',
  ].join('\n'),
  args: { '<name>': 'its name, such as shop/token' },
  options: [{ flags: '--raw', description: 'keep the line end of a single line that comes from the standard input' }],
  schema: z.object({ raw: z.boolean().default(false) }),
  run: async (session, { raw }, [text = '']) => {
    const name = readSecretName(text);
    const value = await readValue(session.host, name, raw);
    requireStorable(value);
    (await openStore(session)).set(name, value);
    session.print({ name }, () => `${name}\n`);
    if (utf8Bytes(value) < leastMaskedBytes)
      session.say(
        `warning: it has fewer than ${leastMaskedBytes} bytes, so it cannot be masked where scripts print it`,
      );
    return 0;
  },
});
