import { correlate, openProcessLog } from '#functions/runtime/process.ts';

const log = openProcessLog();
correlate({ task: 't', runId: 'r1', batchId: undefined });
log.info('a.said', { n: 1, nothing: undefined });
correlate({ task: 't', batchId: 'b1' });
log.warn('b.said', { message: 'so it is' });
log.debug('c.said');
log.error('run.finished', { status: 'failed' });
process.disconnect();
