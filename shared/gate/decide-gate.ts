import { AppError } from '../errors/app-error.ts';
import type { GateRecord, Vote } from '../model/gate.ts';
import { compileRegex } from '../model/job-values.ts';

/** What somebody says at a gate. */
export interface Decision {
  readonly decision: 'approve' | 'reject' | 'answer';
  readonly comment?: string | undefined;
  readonly digest?: string | undefined;
  /** For `answer`: one value, or several for multiSelect. */
  readonly answer?: readonly string[] | undefined;
}

/** Who says it, and when. */
export interface Decider {
  readonly actor: string;
  /** Roles of the actor. */
  readonly roles: readonly string[];
  /** Who started the run. */
  readonly starter: string;
  /** RFC 3339. */
  readonly at: string;
}

/**
 * A gate after a decision. Saying the same thing twice changes nothing. The first rejection closes it, and so does the last approval that it
 * asks for.
 * @throws AppError `auth.forbidden` for who may not decide, `run.conflict` when it is closed or its plan is another one, `request.invalid`
 * for an answer that does not fit
 */
export const decideGate = (gate: GateRecord, said: Decision, by: Decider): GateRecord => {
  const before = gate.votes.find((one) => one.actor === by.actor && one.decision === said.decision);
  if (before !== undefined) return gate;
  refuse(gate, said, by);
  const vote: Vote = {
    actor: by.actor,
    decision: said.decision,
    at: by.at,
    ...(said.comment === undefined ? {} : { comment: said.comment }),
    ...(said.digest === undefined ? {} : { digest: said.digest }),
  };
  const votes = [...gate.votes, vote];
  if (said.decision === 'reject') return { ...gate, votes, status: 'rejected', decidedAt: by.at };
  if (said.decision === 'answer')
    return { ...gate, votes, status: 'answered', answer: answerOf(gate, said.answer ?? []), decidedAt: by.at };
  const isEnough = votes.filter(({ decision }) => decision === 'approve').length >= gate.count;
  return isEnough ? { ...gate, votes, status: 'approved', decidedAt: by.at } : { ...gate, votes };
};

const refuse = (gate: GateRecord, said: Decision, by: Decider): void => {
  if (gate.status !== 'open')
    throw new AppError('run.conflict', `Gate ${gate.gateId} is ${gate.status} already`, {
      hint: 'See who decided with: drover run show RUN',
    });
  if (by.at >= gate.expiresAt)
    throw new AppError('run.conflict', `Gate ${gate.gateId} expired at ${gate.expiresAt}`, {
      hint: 'Continue the run to ask again: drover run continue RUN',
    });
  if ((gate.kind === 'input') !== (said.decision === 'answer') && said.decision !== 'reject')
    throw new AppError(
      'request.invalid',
      gate.kind === 'input' ? `Gate ${gate.gateId} asks for an answer` : `Gate ${gate.gateId} asks for an approval`,
      { hint: gate.kind === 'input' ? 'Answer with: drover run answer RUN VALUE' : 'Use: drover run approve RUN' },
    );
  const mayDecide = gate.of === undefined || gate.of.some((one) => one === by.actor || by.roles.includes(one));
  if (!mayDecide)
    throw new AppError('auth.forbidden', `${by.actor} may not decide at gate ${gate.gateId}`, {
      hint: `It is for ${gate.of?.join(', ')}.`,
    });
  if (said.decision === 'approve' && gate.fourEyes && by.actor === by.starter)
    throw new AppError('auth.forbidden', `${by.actor} started this run and may not approve it`, {
      hint: 'Ask somebody else: the job wants four eyes.',
    });
  if (said.decision === 'approve' && gate.digest !== undefined && said.digest !== gate.digest)
    throw new AppError('run.conflict', 'The plan is not the one that you approve', {
      hint: `Look at the plan again; its digest is ${gate.digest}.`,
    });
};

/** @throws AppError `request.invalid` */
const answerOf = ({ input }: GateRecord, values: readonly string[]): string => {
  const wrong = (message: string, hint: string): AppError => new AppError('request.invalid', message, { hint });
  const { type = 'text', options = [], pattern } = input ?? {};
  if (values.length !== 1 && type !== 'multiSelect')
    throw wrong('Give one answer', 'Put it in quotes if it has blanks.');
  const [value = ''] = values;
  if (type === 'text') {
    if (value.length > 4096) throw wrong('An answer has at most 4096 characters', 'Shorten it.');
    if (pattern !== undefined && compileRegex(pattern)?.test(value) !== true)
      throw wrong(`The answer does not match ${pattern}`, 'Answer again.');
    return value;
  }
  const unknown = values.find((one) => !options.includes(one));
  if (unknown !== undefined) throw wrong(`'${unknown}' cannot be chosen`, `Choose from ${options.join(', ')}.`);
  return type === 'multiSelect' ? JSON.stringify(values) : value;
};
