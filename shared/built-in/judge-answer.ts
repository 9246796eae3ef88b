import { compileRegex } from '../model/job-values.ts';
import type { HttpCheck } from '../model/operation.ts';
import { bareOutcome, type Outcome } from '../model/outcome.ts';
import type { HttpAnswer } from '../ports/services.ts';

/** Longest body that is kept as an output, in characters. */
const keptBody = 2048;

const isFine = (wanted: readonly number[] | undefined, status: number): boolean =>
  wanted === undefined ? status >= 200 && status < 300 : wanted.includes(status);

const whyNot = ({ status: wanted, body: pattern }: HttpCheck, status: number, body: string): string | undefined => {
  if (!isFine(wanted, status)) return `It answered ${status}; expected is ${wanted?.join(', ') ?? '200 to 299'}.`;
  if (pattern !== undefined && compileRegex(pattern)?.test(body) !== true)
    return `Its answer does not match ${pattern}: ${body.slice(0, 200)}`;
  return undefined;
};

/** What an answer means for the check that asked. */
export const judgeAnswer = (check: HttpCheck, answer: HttpAnswer, startedAt: string): Outcome => {
  const { durationMs } = answer;
  if ('error' in answer)
    return { ...bareOutcome('failed', `There was no answer: ${answer.error}`.slice(0, 1024)), startedAt, durationMs };
  const reason = whyNot(check, answer.status, answer.body);
  const stdout = `${answer.status} in ${durationMs} ms\n`;
  return {
    ...bareOutcome(reason === undefined ? 'succeeded' : 'failed', reason?.slice(0, 1024) ?? null),
    startedAt,
    durationMs,
    stdout,
    stdoutBytes: stdout.length,
    outputs: { status: String(answer.status), body: answer.body.slice(0, keptBody) },
  };
};
