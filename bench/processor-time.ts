import { readdirSync, readFileSync } from 'node:fs';

/** Milliseconds of processor time of the parts of a local cloud. */
export interface ProcessorTime {
  /** This process: use cases, adapters, engine, and the endpoints of the clouds. */
  readonly orchestrator: number;
  readonly table: number;
  /** What starts the instances' commands. */
  readonly spawners: number;
  /** The commands themselves: wrapper and script. */
  readonly commands: number;
}

/** Ticks of a process and of its children that it has waited for, as /proc counts them; a hundred a second on every Linux. */
interface Ticks {
  readonly own: number;
  readonly children: number;
}

const millisecondsPerTick = 10;

const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

const ticksOf = (pid: number): Ticks => {
  // After the name in brackets: state is field 0, utime 11, stime 12, cutime 13, cstime 14.
  const fields = textOf(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ').map(Number) ?? [];
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15);
  return { own: user + system, children: childUser + childSystem };
};

const childrenOf = (pid: number): readonly number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((one) => Number(/^PPid:\s+(\d+)/m.exec(textOf(`/proc/${one}/status`))?.[1]) === pid);

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

/** Processor time used so far by this process and the local cloud that it has started. Linux only. */
export const processorTime = (): ProcessorTime => {
  const children = childrenOf(process.pid);
  const running = (entryPoint: string) =>
    children.filter((pid) => textOf(`/proc/${pid}/cmdline`).includes(entryPoint)).map(ticksOf);
  const spawners = running('local/cloud/spawner/main.ts');
  const { user, system } = process.cpuUsage();
  return {
    orchestrator: (user + system) / 1000,
    table: sum(running('local/table/main.ts').map(({ own }) => own)) * millisecondsPerTick,
    spawners: sum(spawners.map(({ own }) => own)) * millisecondsPerTick,
    commands: sum(spawners.map(({ children: ended }) => ended)) * millisecondsPerTick,
  };
};

/** What was used between two readings. */
export const usedBetween = (before: ProcessorTime, after: ProcessorTime): ProcessorTime => ({
  orchestrator: after.orchestrator - before.orchestrator,
  table: after.table - before.table,
  spawners: after.spawners - before.spawners,
  commands: after.commands - before.commands,
});
