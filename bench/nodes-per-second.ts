// Question: how many nodes a second does one trivial operation run on, everything kept, on the local cloud; does that hold from 100 to 10,000
// nodes; and how does it compare, in the same minutes on the same machine, with what keeps nothing?
// Usage: npm run bench [-- --nodes 1000]. One size per process, so that the memory of one does not count for the next.
import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { RunFigures } from './local-run.ts';
import type { ProcessMemory } from './memory.ts';

const { values } = parseArgs({ options: { nodes: { type: 'string', multiple: true } } });
const sizes = (values.nodes ?? ['100', '1000', '10000']).map(Number);
const oneRun = fileURLToPath(new URL('one-run.ts', import.meta.url));
/** The settings of the heap with which bin/drover starts. */
const heap = ['--max-semi-space-size=16', '--heap-growing-percent=100'];

const line = (cells: readonly (string | number)[], widths: readonly number[]) =>
  console.log(cells.map((cell, index) => String(cell).padStart(widths[index] ?? 0)).join('  '));

/** Targets a second of a command line, or undefined where its program is not installed. */
const rate = (targets: number, program: string, ...args: readonly string[]): number | undefined => {
  if (spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0) return undefined;
  const startedMs = performance.now();
  execFileSync(program, args, { stdio: 'ignore' });
  return (targets * 1000) / (performance.now() - startedMs);
};

const baselines = (): readonly (readonly [string, number | undefined])[] => [
  ['xargs -P2 sh -c true (keeps nothing)', rate(1000, 'sh', '-c', 'seq 1000 | xargs -P2 -n1 sh -c true')],
  ['clush -R exec -f 128 (keeps nothing)', rate(1000, 'clush', '-R', 'exec', '-f', '128', '-w', 'n[1-1000]', 'true')],
  [
    'ansible -m raw -f 20 (local connection)',
    rate(
      100,
      'ansible',
      'all',
      '-i',
      `${Array.from({ length: 100 }, (_, i) => `n${i}`).join(',')},`,
      '-c',
      'local',
      '-m',
      'raw',
      '-a',
      'true',
      '-f',
      '20',
    ),
  ],
];

console.log('What users run today, targets a second:');
const known = baselines();
for (const [name, perSecond] of known)
  console.log(`  ${name}: ${perSecond === undefined ? 'not installed' : perSecond.toFixed(0)}`);

console.log('\nDrover on the local cloud, one operation, everything kept:');
const widths = [6, 9, 8, 10, 11, 12, 11, 6, 12, 12, 12, 12];
line(
  [
    ...['nodes', 'seconds', 'nodes/s', 'status', 'agent calls', 'writes/node', 'transitions', 'tasks'],
    ...['orchestrator', 'table', 'spawners', 'all MiB'],
  ],
  widths,
);
const all: RunFigures[] = [];
const processes = ['orchestrator', 'table', 'spawners', 'all'] as const;
const grownMiB = ({ idle, peak }: ProcessMemory): number => peak - idle;
for (const nodes of sizes) {
  const figures: RunFigures = JSON.parse(
    execFileSync(process.execPath, [...heap, oneRun, String(nodes)], { encoding: 'utf8' }),
  );
  all.push(figures);
  const { seconds, status, agentCalls, tableWrites, transitions, tasks, memory } = figures;
  const cells = [
    nodes,
    seconds.toFixed(2),
    (nodes / seconds).toFixed(0),
    status,
    agentCalls,
    (tableWrites / nodes).toFixed(2),
    transitions,
    tasks,
    ...processes.map((name) => `${memory[name].peak.toFixed(0)} (+${grownMiB(memory[name]).toFixed(0)})`),
  ];
  line(cells, widths);
}
console.log('Aims at 1,000 nodes: at most 60 agent calls, 1.10 writes/node, 200 transitions, 250 tasks.');

const thousand = all.find(({ nodes }) => nodes === 1000);
if (thousand) {
  const own = thousand.nodes / thousand.seconds;
  for (const [name, perSecond] of known)
    if (perSecond !== undefined) console.log(`  1,000 nodes against ${name}: ${(own / perSecond).toFixed(2)}`);
  console.log('Aims: at least 0.50 of clush, at least 6 times ansible.');
}
const [first, last] = [all.at(0), all.at(-1)];
if (first && last && first !== last) {
  const more = processes.map((name) => `${name} +${(last.memory[name].peak - first.memory[name].peak).toFixed(0)}`);
  const slower = last.seconds / last.nodes / (first.seconds / first.nodes);
  console.log(`${last.nodes} against ${first.nodes} nodes: time per node x ${slower.toFixed(2)} (aim: at most 1.10).`);
  console.log(`Memory at its peak, MiB: ${more.join(', ')} (aim: orchestrator at most +100).`);
}
