// Question: what does one trivial operation cost per node, and where? Processor time of each part of the local cloud, the wrapper beside the bare
// command, and how long each task of the state machine takes.
// Usage: npm run bench -- stages [--nodes 1000]
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { renderWrapper } from '#shared/script/wrapper.ts';
import type { TaskBehaviours } from '#shared/workflow/task-registry.ts';
import { runOnLocalCloud } from './local-run.ts';
import { type ProcessorTime, processorTime, usedBetween } from './processor-time.ts';

const { values } = parseArgs({ allowPositionals: true, options: { nodes: { type: 'string', default: '1000' } } });
const nodes = Number(values.nodes);

const print = (...cells: readonly (string | number)[]): void =>
  console.log(cells.map((cell, index) => (index === 0 ? String(cell).padEnd(36) : String(cell).padStart(10))).join(''));

interface Timing {
  calls: number;
  ms: number;
}

/** Times every call of every task, waits for table and clouds included. */
const timing =
  (timings: Map<string, Timing>) =>
  (tasks: TaskBehaviours): TaskBehaviours =>
    new Proxy(tasks, {
      get: (target, name, receiver) => {
        const behaviour: unknown = Reflect.get(target, name, receiver);
        if (typeof behaviour !== 'function') return behaviour;
        return async (...input: readonly unknown[]) => {
          const startedMs = performance.now();
          try {
            return await Reflect.apply(behaviour, target, [...input]);
          } finally {
            const one = timings.get(String(name)) ?? { calls: 0, ms: 0 };
            timings.set(String(name), { calls: one.calls + 1, ms: one.ms + performance.now() - startedMs });
          }
        };
      },
    });

/** Milliseconds of one start of a command line, one after another, on one processor. */
const msOfOne = (times: number, script: string): number => {
  const startedMs = performance.now();
  execFileSync('sh', ['-c', `i=0; while [ $i -lt ${times} ]; do i=$((i+1)); ${script}; done`], { stdio: 'ignore' });
  return (performance.now() - startedMs) / times;
};

const wrapperCosts = (): void => {
  const dir = mkdtempSync(join(tmpdir(), 'drover-wrapper-'));
  try {
    const input = { interpreter: 'sh', script: 'true', env: {}, instanceIdFrom: 'ssm', timeoutSeconds: 60 } as const;
    const file = join(dir, 'wrapper.sh');
    // Another fence each time: a wrapper whose fence is there does not run its script.
    const { content } = renderWrapper({ ...input, fence: 'FENCE', textBytes: 16_000 });
    writeFileSync(file, content);
    const bare = msOfOne(500, 'sh -c true');
    const each = `sed s/FENCE/f$i/ ${file} >${dir}/w.sh; DROVER_STATE_DIR=${dir}/state sh ${dir}/w.sh`;
    const prepared = msOfOne(300, `sed s/FENCE/f$i/ ${file} >${dir}/w.sh`);
    print('wrapper, ms per start', (msOfOne(300, each) - prepared).toFixed(2));
    print('bare sh -c true, ms per start', bare.toFixed(2));
  } finally {
    rmSync(dir, { recursive: true });
  }
};

const timings = new Map<string, Timing>();
const readings: ProcessorTime[] = [];
const read = (): void => void readings.push(processorTime());
const figures = await runOnLocalCloud(nodes, { aroundTasks: timing(timings), onStart: read, onEnd: read });
const [began = processorTime(), ended = began] = readings;
const parts = usedBetween(began, ended);
console.log(`${nodes} nodes, ${figures.seconds.toFixed(2)} s, ${(nodes / figures.seconds).toFixed(0)} nodes/s\n`);
print('processor time, ms per node');
for (const [name, ms] of Object.entries(parts)) print(`  ${name}`, (ms / nodes).toFixed(2));
print('  all', (Object.values(parts).reduce((sum, ms) => sum + ms, 0) / nodes).toFixed(2));
console.log();
print('tasks', 'calls', 'ms each', 'ms/node');
for (const [name, { calls, ms }] of [...timings].toSorted(([, one], [, other]) => other.ms - one.ms))
  print(`  ${name}`, calls, (ms / calls).toFixed(1), (ms / nodes).toFixed(2));
console.log();
wrapperCosts();
process.exit();
