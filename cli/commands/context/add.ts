import { resolve } from 'node:path';
import * as z from 'zod';
import { AppError } from '#shared/errors/app-error.ts';
import { defineCommand } from '../../command.ts';
import { type Context, contextNameSchema, contextSchema } from '../../contexts/context-model.ts';
import { readContexts, writeContexts } from '../../contexts/contexts-file.ts';
import { contextsText } from '../../output/context-text.ts';

interface Flags {
  readonly server?: string | undefined;
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  readonly tokenFile?: string | undefined;
  readonly stateDir?: string | undefined;
  readonly fleet?: string | undefined;
}

/** Paths are kept whole: a context means the same from every folder. */
const whole = (path: string | undefined): string | undefined => (path === undefined ? undefined : resolve(path));

/** Which kind of context is meant is said by the flags that are given. */
const wanted = ({ server, region, profile, tokenFile, stateDir, fleet }: Flags): unknown => {
  if (server === undefined) return { kind: 'local', stateDir: whole(stateDir), fleet: whole(fleet) };
  if (region !== undefined || profile !== undefined) return { kind: 'aws', server, region, profile };
  return { kind: 'token', server, tokenFile: whole(tokenFile) };
};

const contextOf = (flags: Flags): Context => {
  if (flags.server === undefined && (flags.region ?? flags.profile ?? flags.tokenFile) !== undefined)
    throw new AppError('usage.invalid', 'A deployment needs its address: --server URL', {
      hint: 'It is the output ApiUrl of the stack. Without --server the context is a local cloud.',
    });
  const parsed = contextSchema.safeParse(wanted(flags));
  if (parsed.success) return parsed.data;
  const said = parsed.error.issues.map(({ path, message }) => `--${String(path[0])}: ${message}`).join('; ');
  throw new AppError('usage.invalid', said);
};

/** `drover context add`. */
export const contextAddCommand = defineCommand({
  name: 'add',
  summary: 'Remember where a Drover is, under a name',
  details:
    'With --server and --region: a deployment on AWS, whose requests are signed with the credentials of --profile or of the default chain.\nWith --server alone: one that takes the token of --token-file. Without --server: the local cloud of --state-dir and --fleet.\nThe first context is used from then on, others after drover context use. A context of that name is replaced.',
  args: { '<name>': 'letters, digits, . _ - (at most 64)' },
  options: [
    { flags: '--region <region>', description: 'AWS region of the deployment' },
    { flags: '--profile <name>', description: 'profile of the AWS configuration to sign with' },
  ],
  schema: z.object({
    server: z.string().optional(),
    region: z.string().optional(),
    profile: z.string().optional(),
    tokenFile: z.string().optional(),
    stateDir: z.string().optional(),
    fleet: z.string().optional(),
  }),
  run: async ({ host, style, print }, flags, [given = '']) => {
    const name = contextNameSchema.safeParse(given);
    if (!name.success) throw new AppError('usage.invalid', `'${given}' ${name.error.issues[0]?.message}`);
    const before = await readContexts(host);
    const contexts = { ...before.contexts, [name.data]: contextOf(flags) };
    const after = { current: before.current ?? name.data, contexts };
    await writeContexts(host, after);
    print(after, () => contextsText(after, style));
    return 0;
  },
});
