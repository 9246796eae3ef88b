import type { CliHost } from '../host.ts';

/** Ctrl-C as something to wait for. */
export interface Interrupts {
  /** Waits that long; true at once when a Ctrl-C came that nobody asked about yet. */
  wait(ms: number): Promise<boolean>;
  stop(): void;
}

/** Listens for Ctrl-C until stopped. */
export const listenForInterrupts = (host: Pick<CliHost, 'onInterrupt' | 'sleep'>): Interrupts => {
  let pending = 0;
  let wake: AbortController | undefined;
  const stop = host.onInterrupt(() => {
    pending += 1;
    wake?.abort();
  });
  return {
    wait: async (ms) => {
      if (pending === 0) {
        wake = new AbortController();
        await host.sleep(ms, wake.signal);
      }
      if (pending === 0) return false;
      pending -= 1;
      return true;
    },
    stop,
  };
};
