/**
 * The table's process: dynalite with its database, whose caches and garbage are thus not the orchestrator's. Arguments: folder, port, pid of
 * the process that it belongs to. It ends when the IPC channel to that process does, however that one came to its end.
 */
import { noteOwner, whyNotOpen } from './open-folder.ts';
import type { TableReport } from './protocol.ts';
import { serveTable, type TableServer } from './table-server.ts';

const [path = '', port = '0', owner = '0'] = process.argv.slice(2);
let server: TableServer | undefined;

// A Ctrl-C at the terminal reaches this process too; its owner still needs it to come to an end in good order.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

/** Who does not hear it is dead, and then this process ends anyway. */
const say = (report: TableReport): Promise<void> =>
  new Promise((resolve) => {
    if (process.send === undefined) resolve();
    else process.send(report, () => resolve());
  });
const end = async (): Promise<void> => {
  await server?.close();
  process.exit();
};
process.on('disconnect', () => void end());

const refused = await whyNotOpen(path, Date.now);
if (refused === undefined) {
  await noteOwner(path, Number(owner));
  server = await serveTable({ path, port: Number(port) });
  await say({ port: server.port });
} else {
  await say({ refused });
  process.exit(1);
}
if (!process.connected) await end();
