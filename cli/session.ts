import { toYaml } from '#shared/format/to-yaml.ts';
import { type Connection, openConnection } from './connection.ts';
import type { CliHost } from './host.ts';
import { makeStyle, type Style, usesColor } from './output/style.ts';
import type { Settings } from './settings.ts';

/** What a command works with. */
export interface Session {
  readonly host: CliHost;
  readonly settings: Settings;
  /** Colours of standard output. */
  readonly style: Style;
  /** Colours of standard error. */
  readonly talkStyle: Style;
  /** The way to Drover; opened at the first call, closed when the command ends. */
  connect(): Promise<Connection>;
  /** Prints data to standard output: as a table (made by the function), or the value itself as JSON or YAML. */
  print(value: unknown, table: () => string): void;
  /** Says something to the person on standard error; nothing when `--quiet`. */
  say(line: string): void;
  close(): Promise<void>;
}

/** Opens the session of one command. */
export const openSession = (host: CliHost, settings: Settings): Session => {
  let connection: Promise<Connection> | undefined;
  const { format } = settings;
  return {
    host,
    settings,
    style: makeStyle(usesColor(host.stdout, host.env, settings.color)),
    talkStyle: makeStyle(usesColor(host.stderr, host.env, settings.color)),
    connect: () => {
      connection ??= openConnection(settings, host);
      return connection;
    },
    print: (value, table) => {
      if (format === 'json') host.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
      else host.stdout.write(format === 'yaml' ? toYaml(value) : table());
    },
    say: (line) => {
      if (!settings.quiet) host.stderr.write(`${line}\n`);
    },
    close: async () => {
      // An opening that failed has already been told, and has nothing to close.
      const opened = await connection?.catch(() => undefined);
      await opened?.close();
    },
  };
};
