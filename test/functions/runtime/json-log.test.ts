import { describe, expect, it } from 'vitest';
import { createJsonLog } from '#functions/runtime/json-log.ts';

const record = (debug: boolean) => {
  const lines: string[] = [];
  const log = createJsonLog({ clock: { now: () => Date.UTC(2026, 0, 2) }, write: (line) => lines.push(line), debug });
  return { log, lines };
};

describe('the JSON log', () => {
  it('writes one line a fact', () => {
    const { log, lines } = record(false);
    log.info('run.started', { runId: 'r', attempt: 1, note: 'two\nlines' });
    log.warn('slow');
    expect(lines).toEqual([
      '{"timestamp":"2026-01-02T00:00:00.000Z","level":"INFO","event":"run.started","runId":"r","attempt":1,"note":"two\\nlines"}\n',
      '{"timestamp":"2026-01-02T00:00:00.000Z","level":"WARN","event":"slow"}\n',
    ]);
  });

  it('leaves debug lines out unless they are asked for', () => {
    const quiet = record(false);
    quiet.log.debug('detail');
    expect(quiet.lines).toEqual([]);
    const chatty = record(true);
    chatty.log.debug('detail');
    expect(chatty.lines).toHaveLength(1);
  });
});
