import { describe, expect, it } from 'vitest';
import { failOnSchema, outputSchema } from '#shared/model/operation.ts';
import { bareOutcome, type Outcome } from '#shared/model/outcome.ts';
import { judgeByRules } from '#shared/plan/outcome-rules.ts';

const ended = (exitCode: number, more: Partial<Outcome> = {}): Outcome => ({
  ...bareOutcome(exitCode === 0 ? 'succeeded' : 'failed', exitCode === 0 ? null : `It exited with code ${exitCode}.`),
  exitCode,
  ...more,
});
const plain = { outputs: {} };

describe('judgeByRules', () => {
  it('changes nothing without rules', () => {
    for (const outcome of [ended(0), ended(3)]) expect(judgeByRules(plain, outcome)).toBe(outcome);
  });

  it('never touches what was not the script’s own end', () => {
    const rules = { ...plain, okExitCodes: [137], failOn: failOnSchema.parse({ patterns: ['.*'] }) };
    for (const status of ['timedOut', 'lost', 'undeliverable', 'aborted', 'skipped'] as const) {
      const outcome = { ...bareOutcome(status, 'why'), stdout: 'x' };
      expect(judgeByRules(rules, outcome)).toBe(outcome);
    }
  });

  it('looks for a line in the streams that are named', () => {
    const on = (where: string) => ({ ...plain, failOn: failOnSchema.parse({ patterns: ['^E\\d$'], in: where }) });
    const outcome = ended(0, { stdout: 'ok\r\nE1\r\n', stderr: 'fine' });
    expect(judgeByRules(on('stdout'), outcome)).toMatchObject({ status: 'failed', exitCode: 0 });
    expect(judgeByRules(on('both'), outcome).status).toBe('failed');
    expect(judgeByRules(on('stderr'), outcome).status).toBe('succeeded');
    expect(judgeByRules(on('both'), ended(0, { stdout: 'xE1' })).status).toBe('succeeded');
  });

  it.each([
    ['int', '12', '1.5'],
    ['number', '-1.5e3', 'x'],
    ['boolean', 'true', 'yes'],
    ['json', '{"a":1}', '{a}'],
  ] as const)('takes %s like %s and not %s', (type, good, bad) => {
    const rules = { outputs: { o: outputSchema.parse({ type }) } };
    expect(judgeByRules(rules, ended(0, { outputs: { o: good } })).status).toBe('succeeded');
    expect(judgeByRules(rules, ended(0, { outputs: { o: bad } })).status).toBe('failed');
    expect(judgeByRules(rules, ended(0, { outputs: { other: bad } })).status).toBe('succeeded');
  });
});
