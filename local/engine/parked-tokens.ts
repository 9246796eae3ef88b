/** The longest time that a timer can wait: above it, setTimeout fires at once. */
const longestTimerMs = 2_147_483_647;

/** The passing of time. */
export interface Timers {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Calls `fire` after `ms` milliseconds, at most 2,147,483,647; the returned function forgets it. */
  readonly after: (ms: number, fire: () => void) => () => void;
}

/** The clock and the timers of this machine. */
export const realTimers: Timers = {
  now: () => Date.now(),
  after: (ms, fire) => {
    const timer = setTimeout(fire, ms);
    return () => clearTimeout(timer);
  },
};

/** Name by which Step Functions reports a task that took too long. */
const timeoutError = 'States.Timeout';

interface Parked {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Tokens of waiting tasks: each is completed once, or times out. */
export interface ParkedTokens {
  /** Waits until `token` is completed; rejects with an error named `States.Timeout` after `timeoutSeconds`. */
  wait(token: string, timeoutSeconds: number): Promise<void>;
  /** Completes a token; false when nobody waits for it (any more). */
  complete(token: string): boolean;
  /** Lets go of every waiting task: they end with an error named `Local.Closed`. */
  close(): void;
}

const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });

/** Tokens of one engine. */
export const createParkedTokens = (timers: Timers): ParkedTokens => {
  const parked = new Map<string, Parked>();
  const take = (token: string): Parked | undefined => {
    const found = parked.get(token);
    parked.delete(token);
    return found;
  };
  return {
    wait: (token, timeoutSeconds) =>
      new Promise((resolve, reject) => {
        const timer = startTimer(timers, timers.now() + timeoutSeconds * 1000, () =>
          take(token)?.reject(named(timeoutError, `No answer within ${timeoutSeconds} seconds`)),
        );
        parked.set(token, {
          resolve: () => {
            timer.stop();
            resolve();
          },
          reject: (error) => {
            timer.stop();
            reject(error);
          },
        });
      }),
    complete: (token) => {
      const found = take(token);
      found?.resolve();
      return found !== undefined;
    },
    close: () => {
      for (const token of [...parked.keys()]) take(token)?.reject(named('Local.Closed', 'The local cloud was stopped'));
    },
  };
};

/** A timer for any length of time, in steps that a timer can take. */
const startTimer = ({ now, after }: Timers, atMs: number, fire: () => void): { readonly stop: () => void } => {
  let forget: () => void;
  const arm = () => {
    const left = atMs - now();
    forget = after(Math.min(Math.max(0, left), longestTimerMs), () => (left > longestTimerMs ? arm() : fire()));
  };
  arm();
  return { stop: () => forget() };
};
