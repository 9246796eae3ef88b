import { LogFormatter, Logger, LogItem } from '@aws-lambda-powertools/logger';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';
import type { Log, LogFields } from '#shared/ports/services.ts';

/**
 * One JSON object a line: `timestamp` and `level` as Lambda's own JSON lines have them, `event`, then the fields. CloudWatch Logs finds the
 * fields by itself.
 */
class LineFormatter extends LogFormatter {
  override formatAttributes({ timestamp, logLevel, message }: UnformattedAttributes, fields: LogAttributes): LogItem {
    const { service: _service, ...own } = fields;
    return new LogItem({ attributes: { timestamp: timestamp.toISOString(), level: logLevel, event: message, ...own } });
  }
}

/** A log, and what all its lines have in common. */
export interface ProcessLog {
  readonly log: Log;
  /** Puts these fields into every line from now on, in place of those of an earlier call: a process works on one event at a time. */
  correlate(fields: LogFields): void;
}

/** The logger drops a field of the name `message`, which in its own lines is what `event` is in ours. */
const nameOf = (field: string): string => (field === 'message' ? 'reason' : field);

const known = (fields: LogFields): LogAttributes =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[nameOf(name), value]])),
  );

/** Lines to standard output, which Lambda takes to CloudWatch Logs. Debug lines are left out unless `debug` is true. */
export const createProcessLog = ({ debug }: { readonly debug: boolean }): ProcessLog => {
  const logger = new Logger({ logFormatter: new LineFormatter(), logLevel: debug ? 'DEBUG' : 'INFO' });
  return {
    log: {
      debug: (event, fields = {}) => logger.debug(event, known(fields)),
      info: (event, fields = {}) => logger.info(event, known(fields)),
      warn: (event, fields = {}) => logger.warn(event, known(fields)),
      error: (event, fields = {}) => logger.error(event, known(fields)),
    },
    correlate: (fields) => {
      logger.resetKeys();
      logger.appendKeys(known(fields));
    },
  };
};
