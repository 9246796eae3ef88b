import type { GateRequestInput } from '#shared/client/client.ts';
import type { GateRecord } from '#shared/model/gate.ts';

/** What a person has said at a gate so far. */
export interface GateWords {
  readonly comment: string;
  /** Chosen options, or the one text. */
  readonly answer: readonly string[];
}

/** A decision at a gate as it is sent: with the digest of the plan that is shown, where the gate has one. */
export const gateRequest = (
  { gateId, digest }: Pick<GateRecord, 'gateId' | 'digest'>,
  decision: GateRequestInput['decision'],
  { comment, answer }: GateWords,
): GateRequestInput => ({
  gate: gateId,
  decision,
  ...(comment.trim() === '' ? {} : { comment: comment.trim() }),
  ...(digest === undefined ? {} : { digest }),
  ...(decision === 'answer' ? { answer: [...answer] } : {}),
});

/** What keeps an answer from being sent; undefined when nothing does. The server looks again. */
export const answerProblem = ({ input }: Pick<GateRecord, 'input'>, answer: readonly string[]): string | undefined => {
  const { type = 'text', pattern } = input ?? {};
  if (type === 'multiSelect') return undefined;
  const [value] = answer;
  if (value === undefined) return type === 'text' ? 'Write an answer.' : 'Choose an answer.';
  if (type === 'text' && pattern !== undefined && matches(pattern, value) === false)
    return `The answer has to match ${pattern}`;
  return undefined;
};

/** Undefined where this browser does not read the pattern: the server will say. */
const matches = (pattern: string, value: string): boolean | undefined => {
  try {
    return new RegExp(pattern, 'u').test(value);
  } catch {
    return undefined;
  }
};
