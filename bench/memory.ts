import { readdirSync, readFileSync } from 'node:fs';

/** What the local cloud's memory is used by: the orchestrator with the endpoints of the clouds, its table, what starts the instances' commands. */
export type ProcessName = 'orchestrator' | 'table' | 'spawners';

/** Resident memory in MiB. */
export interface ProcessMemory {
  /** Before the run. */
  readonly idle: number;
  /** The most during the run. */
  readonly peak: number;
}

/** Memory by process, and of all of them at one time. */
export type MemoryFigures = Readonly<Record<ProcessName | 'all', ProcessMemory>>;

const names = ['orchestrator', 'table', 'spawners'] as const;
const entryPoints = { table: 'local/table/main.ts', spawners: 'local/cloud/spawner/main.ts' } as const;

/** Watches this process and those that it has started; Linux only, elsewhere it sees this process. `stop` tells. */
export const watchMemory = (everyMs: number): { readonly stop: () => MemoryFigures } => {
  const pids = childrenByName();
  const idle = measure(pids);
  const peak = { ...idle };
  const sample = () => {
    const now = measure(pids);
    for (const name of [...names, 'all'] as const) peak[name] = Math.max(peak[name], now[name]);
  };
  const timer = setInterval(sample, everyMs);
  return {
    stop: () => {
      clearInterval(timer);
      sample();
      const figures = (name: ProcessName | 'all') => ({ idle: idle[name], peak: peak[name] });
      return {
        orchestrator: figures('orchestrator'),
        table: figures('table'),
        spawners: figures('spawners'),
        all: figures('all'),
      };
    },
  };
};

type Pids = Readonly<Record<'table' | 'spawners', readonly number[]>>;

const measure = ({ table, spawners }: Pids): Record<ProcessName | 'all', number> => {
  const orchestrator = process.memoryUsage.rss() / 1_048_576;
  const of = { orchestrator, table: sum(table.map(residentMiB)), spawners: sum(spawners.map(residentMiB)) };
  return { ...of, all: of.orchestrator + of.table + of.spawners };
};

const childrenByName = (): Pids => {
  const children = numbersIn('/proc').filter(
    (pid) => Number(/^PPid:\s+(\d+)/m.exec(procFile(pid, 'status'))?.[1]) === process.pid,
  );
  const running = (entryPoint: string) => children.filter((pid) => procFile(pid, 'cmdline').includes(entryPoint));
  return { table: running(entryPoints.table), spawners: running(entryPoints.spawners) };
};

const residentMiB = (pid: number): number => Number(/^VmRSS:\s+(\d+)/m.exec(procFile(pid, 'status'))?.[1] ?? 0) / 1024;

/** Text of a file about a process, empty when there is no such process any more. */
const procFile = (pid: number, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
};

const numbersIn = (folder: string): readonly number[] => {
  try {
    return readdirSync(folder)
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
};

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
