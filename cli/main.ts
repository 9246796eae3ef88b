import type { OpenEmbedded } from './connection.ts';
import { processHost } from './process-host.ts';
import { runCli } from './run-cli.ts';
import { version } from './version.ts';

/** The app in this process is loaded only when there is no server: it is most of the program. */
const openEmbedded: OpenEmbedded = async (options) => (await import('./embedded.ts')).openEmbedded(options);

const flush = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => stream.write('', () => resolve()));

// The reader of a pipe may leave early (`drover run logs last | head`); that is no error.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });

process.exitCode = await runCli(process.argv.slice(2), processHost(process, { version, openEmbedded, fetch }));
await Promise.all([flush(process.stdout), flush(process.stderr)]);
// What an embedded app left running (idle connections, watchers) must not hold the process.
process.exit();
