/** Signal names by number, as on Linux for x86 and ARM (signal(7)). */
const names = [
  'SIGHUP SIGINT SIGQUIT SIGILL SIGTRAP SIGABRT SIGBUS SIGFPE SIGKILL SIGUSR1 SIGSEGV SIGUSR2 SIGPIPE SIGALRM SIGTERM SIGSTKFLT',
  'SIGCHLD SIGCONT SIGSTOP SIGTSTP SIGTTIN SIGTTOU SIGURG SIGXCPU SIGXFSZ SIGVTALRM SIGPROF SIGWINCH SIGIO SIGPWR SIGSYS',
]
  .join(' ')
  .split(' ');

/** The signal that a shell's status of 128 + n speaks of; null for any other status. A script that itself exits with such a status looks the same. */
export const signalOfStatus = (status: number): string | null => names[status - 129] ?? null;
