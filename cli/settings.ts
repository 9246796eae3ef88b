import { join } from 'node:path';
import * as z from 'zod';
import type { Context } from './contexts/context-model.ts';

/** Names of the output formats. */
export const outputFormats = ['table', 'json', 'yaml'] as const;
/** How data is printed. */
export type OutputFormat = (typeof outputFormats)[number];

/** The options that every command takes, as commander gives them. */
export const globalOptionsSchema = z.object({
  context: z.string().optional(),
  server: z.url({ protocol: /^https?$/, error: 'is not an http or https address' }).optional(),
  tokenFile: z.string().optional(),
  stateDir: z.string().optional(),
  fleet: z.string().optional(),
  output: z.enum(outputFormats).optional(),
  color: z.boolean().optional(),
  quiet: z.boolean().default(false),
});
export type GlobalOptions = z.output<typeof globalOptionsSchema>;

/** With whose credentials requests are signed. */
export interface SigningSettings {
  readonly region: string;
  /** Absent: the default chain of the AWS SDK. */
  readonly profile?: string | undefined;
}

/** Where Drover is looked for and how it answers: flag, else environment, else context, else default. */
export interface Settings {
  readonly server: string | undefined;
  readonly tokenFile: string | undefined;
  /** Absent: requests are not signed. */
  readonly signing?: SigningSettings;
  readonly stateDir: string;
  readonly fleetFile: string | undefined;
  /** Folder of the built web console; absent: where `npm run build` puts it. */
  readonly consoleDir?: string;
  readonly format: OutputFormat;
  /** What the flag says; undefined without one. */
  readonly color: boolean | undefined;
  readonly quiet: boolean;
}

/** Where settings come from beside the flags. */
export interface SettingsSource {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeDir: string;
}

/** `drover` below `$XDG_STATE_HOME`, else below `~/.local/state`. */
const defaultStateDir = ({ env, homeDir }: SettingsSource): string =>
  join(env['XDG_STATE_HOME'] || join(homeDir, '.local', 'state'), 'drover');

/** What a context says of each setting. */
type Said = Pick<Settings, 'signing'> & {
  readonly [K in 'server' | 'tokenFile' | 'stateDir' | 'fleetFile']?: string | undefined;
};

const fromContext = (context: Context | undefined): Said => {
  if (context === undefined) return {};
  if (context.kind === 'local') return { stateDir: context.stateDir, fleetFile: context.fleet };
  if (context.kind === 'token') return { server: context.server, tokenFile: context.tokenFile };
  return { server: context.server, signing: { region: context.region, profile: context.profile } };
};

/** True when the flags or the environment say which server is meant, so that the context in use is not. */
export const namesServer = (options: GlobalOptions, { env }: SettingsSource): boolean =>
  (options.server ?? (env['DROVER_SERVER'] || undefined)) !== undefined;

/** What the flags, the environment, the context and the defaults come to. */
export const settingsOf = (options: GlobalOptions, host: SettingsSource, context?: Context): Settings => {
  const said = fromContext(context);
  const { env } = host;
  const consoleDir = env['DROVER_CONSOLE_DIR'] || undefined;
  return {
    server: options.server ?? (env['DROVER_SERVER'] || said.server),
    tokenFile: options.tokenFile ?? (env['DROVER_TOKEN_FILE'] || said.tokenFile),
    ...(said.signing === undefined ? {} : { signing: said.signing }),
    stateDir: options.stateDir ?? (env['DROVER_HOME'] || said.stateDir || defaultStateDir(host)),
    fleetFile: options.fleet ?? (env['DROVER_FLEET'] || said.fleetFile),
    ...(consoleDir === undefined ? {} : { consoleDir }),
    format: options.output ?? 'table',
    color: options.color,
    quiet: options.quiet,
  };
};
