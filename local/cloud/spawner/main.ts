/**
 * The spawner process. Node's `spawn` gets slower with the resident memory of the process that calls it, so commands of instances are
 * never started by the server but from here. Arguments: folder of the instances, the spawner's own file.
 */
import { lineReader } from './lines.ts';
import type { SpawnerReport } from './protocol.ts';
import { Spawner } from './spawner.ts';
import { SpawnerFile } from './spawner-file.ts';

const [instancesDir = '', filePath = ''] = process.argv.slice(2);
const file = new SpawnerFile(filePath);
file.add({ t: 'hello', pid: process.pid });

let reports: string[] = [];
const report = (line: SpawnerReport): void => {
  if (reports.length === 0) {
    setImmediate(() => {
      const text = reports.join('');
      reports = [];
      process.stdout.write(text);
    });
  }
  reports.push(`${JSON.stringify(line)}\n`);
};

const spawner = new Spawner({ instancesDir, file, clock: Date.now, report, exit: () => process.exit(0) });

// The server's death shows as the end of the requests; reports that nobody reads any more are held and written down.
process.stdout.on('error', () => spawner.orphan());
process.stdin.setEncoding('utf8');
process.stdin.on(
  'data',
  lineReader((line) => spawner.handle(JSON.parse(line))),
);
process.stdin.on('end', () => spawner.orphan());
process.stdin.on('error', () => spawner.orphan());
