import type { Clock, Log, LogFields } from '#shared/ports/services.ts';

/** What a log of JSON lines needs. */
export interface JsonLogOptions {
  readonly clock: Clock;
  /** Takes one line, line feed included. */
  readonly write: (line: string) => unknown;
  /** Debug lines are left out unless this is true. */
  readonly debug: boolean;
}

type Level = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';

/**
 * A log of one JSON object a line: `timestamp` and `level` as Lambda's own JSON lines have them, `event`, then the fields. CloudWatch Logs
 * finds the fields by itself.
 */
export const createJsonLog = ({ clock, write, debug }: JsonLogOptions): Log => {
  const line = (level: Level, event: string, fields: LogFields = {}): void => {
    const timestamp = new Date(clock.now()).toISOString();
    write(`${JSON.stringify({ timestamp, level, event, ...fields })}\n`);
  };
  return {
    debug: (event, fields) => (debug ? line('DEBUG', event, fields) : undefined),
    info: (event, fields) => line('INFO', event, fields),
    warn: (event, fields) => line('WARN', event, fields),
    error: (event, fields) => line('ERROR', event, fields),
  };
};
