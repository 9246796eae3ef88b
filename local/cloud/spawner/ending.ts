import { readdirSync, readFileSync } from 'node:fs';

/**
 * How an agent ends a command that it is told to stop or whose time is up. Always with KILL, which nothing can catch.
 * `group`: the process group that the agent made; what left it goes on (amazon-ssm-agent, executers_unix.go). `tree`: the process and whoever
 * descends from it by parent (Cloud Assistant with TerminationMode ProcessTree; processtree_unix.go); what lost its parent goes on.
 * `process`: the shell alone (Cloud Assistant with TerminationMode Process).
 */
export type Ending = 'group' | 'tree' | 'process';

/** Sends a signal; a negative pid names a process group. What is gone already is what the signal was for. */
export const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch {
    // Already gone.
  }
};

/** Ends a command as its agent does. `pid` is of its shell, which leads a process group. */
export const endAsAgent = (pid: number, ending: Ending): void => {
  if (ending === 'group') signal(-pid, 'SIGKILL');
  else if (ending === 'process') signal(pid, 'SIGKILL');
  else for (const one of treeOf(pid)) signal(one, 'SIGKILL');
};

/** A process with its descendants, the children before their parents. */
const treeOf = (root: number): readonly number[] => {
  const children = Map.groupBy(parents(), ({ parent }) => parent);
  const below = (pid: number): readonly number[] => [
    ...(children.get(pid) ?? []).flatMap((one) => below(one.pid)),
    pid,
  ];
  return below(root);
};

/** Every process of the machine with its parent; none where there is no /proc, and then the shell alone is ended. */
const parents = (): readonly { readonly pid: number; readonly parent: number }[] => {
  try {
    return readdirSync('/proc').flatMap((name) => {
      const parent = /^\d+$/.test(name) ? parentOf(name) : undefined;
      return parent === undefined ? [] : [{ pid: Number(name), parent }];
    });
  } catch {
    return [];
  }
};

const parentOf = (pid: string): number | undefined => {
  try {
    // The name of the program stands in parentheses and may hold anything; the state and the parent follow the last one.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ');
    return Number(fields[1]);
  } catch {
    return undefined;
  }
};
