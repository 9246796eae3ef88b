import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A process may start another one while it is being ended. */
const MOST_ROUNDS = 10;

/** A reboot of an instance that is over, for the journal. */
export interface BootRecord {
  readonly k: 'boot';
  /** Records are kept by task; these belong to none. */
  readonly t: 'boot';
  readonly i: string;
  /** How often the instance has been rebooted. */
  readonly n: number;
}

/** Which instances are down, and in which boot the others are. */
export class Reboots {
  readonly #instancesDir: string;
  readonly #boots = new Map<string, number>();
  readonly #down = new Map<string, NodeJS.Timeout>();

  constructor(instancesDir: string) {
    this.#instancesDir = instancesDir;
  }

  isDown(instance: string): boolean {
    return this.#down.has(instance);
  }

  /** Ends every process of an instance, and calls when it is up again; nothing for an instance that is down already. */
  begin(instance: string, seconds: number, onUp: (record: BootRecord) => void): void {
    if (this.#down.has(instance)) return;
    killProcessesOf(join(this.#instancesDir, instance));
    const up = (): void => {
      this.#down.delete(instance);
      const record: BootRecord = { k: 'boot', t: 'boot', i: instance, n: (this.#boots.get(instance) ?? 0) + 1 };
      this.replay(record);
      onUp(record);
    };
    this.#down.set(instance, setTimeout(up, seconds * 1_000));
  }

  /** Repeats a record of the journal. */
  replay({ i, n }: BootRecord): void {
    this.#boots.set(i, n);
  }

  /** What tells a command in which boot it is: all instances share the kernel of this machine. Nothing before the first reboot. */
  env(instance: string): Readonly<Record<string, string>> {
    const boot = this.#boots.get(instance);
    return boot === undefined ? {} : { DROVER_BOOT_ID: `${instance}-${boot}` };
  }

  close(): void {
    for (const timer of this.#down.values()) clearTimeout(timer);
  }
}

/** The commands of an instance, and what they started, carry its folder in the environment that they were started with. */
const killProcessesOf = (home: string): void => {
  const mark = `DROVER_STATE_DIR=${join(home, 'state')}`;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const pids = processIds().filter((pid) => environmentOf(pid).split('\0').includes(mark));
    if (pids.length === 0) return;
    for (const pid of pids) kill(pid);
  }
};

const processIds = (): readonly number[] => {
  try {
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
  } catch {
    // No /proc, as on macOS: then what the instance runs lives through its reboot.
    return [];
  }
};

const environmentOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    // Another user's process, or one that is gone.
    return '';
  }
};

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Already gone.
  }
};
