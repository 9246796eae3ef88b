import { join } from 'node:path';
import * as z from 'zod';

/** Names of the output formats. */
export const outputFormats = ['table', 'json', 'yaml'] as const;
/** How data is printed. */
export type OutputFormat = (typeof outputFormats)[number];

/** The options that every command takes, as commander gives them. */
export const globalOptionsSchema = z.object({
  server: z.url({ protocol: /^https?$/, error: 'is not an http or https address' }).optional(),
  tokenFile: z.string().optional(),
  stateDir: z.string().optional(),
  fleet: z.string().optional(),
  output: z.enum(outputFormats).optional(),
  color: z.boolean().optional(),
  quiet: z.boolean().default(false),
});
export type GlobalOptions = z.output<typeof globalOptionsSchema>;

/** Where Drover is looked for and how it answers: flag, else environment, else default. */
export interface Settings {
  readonly server: string | undefined;
  readonly tokenFile: string | undefined;
  readonly stateDir: string;
  readonly fleetFile: string | undefined;
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

/** `$DROVER_HOME`, else `drover` below `$XDG_STATE_HOME`, else below `~/.local/state`. */
const defaultStateDir = ({ env, homeDir }: SettingsSource): string =>
  env['DROVER_HOME'] || join(env['XDG_STATE_HOME'] || join(homeDir, '.local', 'state'), 'drover');

/** What the flags, the environment and the defaults come to. */
export const settingsOf = (options: GlobalOptions, host: SettingsSource): Settings => ({
  server: options.server ?? (host.env['DROVER_SERVER'] || undefined),
  tokenFile: options.tokenFile ?? (host.env['DROVER_TOKEN_FILE'] || undefined),
  stateDir: options.stateDir ?? defaultStateDir(host),
  fleetFile: options.fleet ?? (host.env['DROVER_FLEET'] || undefined),
  format: options.output ?? 'table',
  color: options.color,
  quiet: options.quiet,
});
