import * as z from 'zod';
import type { GateRequestInput } from '#shared/client/client.ts';
import type { RunView } from '#shared/contract/run-views.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { GateRecord } from '#shared/model/gate.ts';
import { defineCommand, type OptionSpec } from '../../command.ts';
import { safeLine } from '../../output/safe-text.ts';
import { followRun, watchOptions, watchSchema } from '../../runs/follow-command.ts';
import { resolveRunId } from '../../runs/resolve-run-id.ts';
import type { Session } from '../../session.ts';

const gateOptions: readonly OptionSpec[] = [
  { flags: '--gate <id>', description: 'which gate, when the run waits at several; run show lists them' },
  { flags: '--comment <text>', description: 'why, for those who look at the run later' },
  ...watchOptions,
];
const gateSchema = z.object({
  ...watchSchema.shape,
  gate: z.string().optional(),
  comment: z.string().max(1024).optional(),
});
type GateFlags = z.output<typeof gateSchema>;

/** The gate that is meant; undefined when the server has to say what is wrong. */
const gateOf = (view: RunView, id: string | undefined): GateRecord | undefined => {
  const open = view.gates.filter(({ status }) => status === 'open');
  return id === undefined ? (open.length === 1 ? open[0] : undefined) : open.find(({ gateId }) => gateId === id);
};

const decide = async (
  session: Session,
  text: string,
  { gate, comment, ...flags }: GateFlags,
  said: Pick<GateRequestInput, 'decision' | 'answer'>,
): Promise<number> => {
  const connection = await session.connect();
  const runId = await resolveRunId(connection.client, text);
  const before = gateOf(await connection.client.viewRun(runId), gate);
  if (before !== undefined) session.say(safeLine(before.message, 400));
  const view = await connection.client.decideGate(runId, {
    ...said,
    ...(gate === undefined ? {} : { gate }),
    ...(comment === undefined ? {} : { comment }),
    // What was just shown is what is approved.
    ...(before?.digest === undefined ? {} : { digest: before.digest }),
  });
  return followRun(session, connection, view, flags);
};

/** `drover run approve`. */
export const runApproveCommand = defineCommand({
  name: 'approve',
  summary: 'Let a run go on that waits for approval',
  args: { '<id>': 'run id, the beginning of one, or last' },
  options: gateOptions,
  schema: gateSchema,
  run: (session, flags, [text = '']) => decide(session, text, flags, { decision: 'approve' }),
});

/** `drover run reject`. */
export const runRejectCommand = defineCommand({
  name: 'reject',
  summary: 'Stop a run that waits for approval',
  args: { '<id>': 'run id, the beginning of one, or last' },
  options: gateOptions,
  schema: gateSchema,
  run: (session, flags, [text = '']) => decide(session, text, flags, { decision: 'reject' }),
});

/** `drover run answer`. */
export const runAnswerCommand = defineCommand({
  name: 'answer',
  summary: 'Answer what an operation of a run asks',
  args: {
    '<id>': 'run id, the beginning of one, or last',
    '<values...>': 'the answer; several where several can be chosen',
  },
  options: gateOptions,
  schema: gateSchema,
  run: (session, flags, [text = '', ...answer]) => {
    if (answer.length === 0)
      throw new AppError('usage.invalid', 'The answer is missing', { hint: 'drover run answer RUN VALUE' });
    return decide(session, text, flags, { decision: 'answer', answer });
  },
});
