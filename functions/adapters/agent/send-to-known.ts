import { isAppError } from '#shared/errors/app-error.ts';
import type { Refusal, SendReceipt } from '#shared/ports/agent.ts';
import type { Answer } from './caller.ts';
import { joinSentIds } from './sent-ids.ts';

/** What a look at instances says after the cloud refused a call because of one of them. */
export interface Validation {
  /** Instances that cannot be sent to, for sure. */
  readonly refusals: readonly Refusal[];
  /** Instances that may be the ones to blame. */
  readonly suspects: ReadonlySet<string>;
}

/** How one cloud sends. */
export interface Sender {
  /** Sends to exactly these instances; the answer is the agent's id. Nothing runs when the call is refused. */
  send(instanceIds: readonly string[], isResend: boolean): Promise<Answer<string>>;
  /** True for a refusal that an instance caused. */
  blamesInstance(code: string): boolean;
  validate(instanceIds: readonly string[]): Promise<Validation>;
}

type Parts = { readonly sentIds: readonly string[]; readonly refusals: readonly Refusal[] };
type Refused = Extract<Answer<string>, { readonly refused: true }>;

const splitBy = (instanceIds: readonly string[], suspects: ReadonlySet<string>): readonly (readonly string[])[] => {
  const suspected = instanceIds.filter((id) => suspects.has(id));
  if (suspected.length > 0 && suspected.length < instanceIds.length)
    return [instanceIds.filter((id) => !suspects.has(id)), suspected];
  const middle = Math.ceil(instanceIds.length / 2);
  return [instanceIds.slice(0, middle), instanceIds.slice(middle)];
};

const refuseAll = (instanceIds: readonly string[], reason: string, rawStatus: string): Parts => ({
  sentIds: [],
  refusals: instanceIds.map((instanceId) => ({ instanceId, reason, rawStatus })),
});

/** What is left to do of a sending that the cloud refused as a whole. */
interface Rest {
  readonly sender: Sender;
  readonly suspects: ReadonlySet<string>;
  /** Parts of it run already, so that an error must not hide them. */
  readonly under: boolean;
}

/** Sends to each part by itself; a part that is refused is parted again, down to the one instance that is to blame. */
const sendApart = async (rest: Rest, instanceIds: readonly string[], refused: Refused): Promise<Parts> => {
  if (instanceIds.length === 1) return refuseAll(instanceIds, refused.error.message, refused.code);
  let parts: Parts = { sentIds: [], refusals: [] };
  for (const ids of splitBy(instanceIds, rest.suspects)) {
    const next = await sendPart({ ...rest, under: rest.under || parts.sentIds.length > 0 }, ids);
    parts = { sentIds: [...parts.sentIds, ...next.sentIds], refusals: [...parts.refusals, ...next.refusals] };
  }
  return parts;
};

const sendPart = async (rest: Rest, instanceIds: readonly string[]): Promise<Parts> => {
  try {
    const answer = await rest.sender.send(instanceIds, true);
    if (!answer.refused) return { sentIds: [answer.value], refusals: [] };
    if (!rest.sender.blamesInstance(answer.code)) throw answer.error;
    return await sendApart(rest, instanceIds, answer);
  } catch (error) {
    // A part that had no effect is refused, as others run already. One that may have had an effect is the caller's to look up.
    if (!rest.under || !isAppError(error, 'agent.') || error.code === 'agent.unavailable') throw error;
    return refuseAll(instanceIds, error.message, error.code);
  }
};

/**
 * Sends to every instance that can be sent to. Both clouds refuse a whole call for one bad instance: the bad ones are looked for and
 * refused, and the rest is sent again; when none is found, the batch is sent in parts. The usual case is one call.
 * @throws AppError as {@link Answer}'s source does; `agent.refused` when the refusal has nothing to do with an instance
 */
export const sendToKnown = async (sender: Sender, instanceIds: readonly string[]): Promise<SendReceipt> => {
  const first = await sender.send(instanceIds, false);
  if (!first.refused) return { agentInvocationId: first.value, refusals: [] };
  if (!sender.blamesInstance(first.code)) throw first.error;
  const { refusals, suspects } = await sender.validate(instanceIds);
  const bad = new Set(refusals.map(({ instanceId }) => instanceId));
  const good = instanceIds.filter((id) => !bad.has(id));
  const rest: Rest = { sender, suspects, under: false };
  const parts = await sendGood(rest, good, bad.size > 0 ? undefined : first);
  const agentInvocationId = joinSentIds(parts.sentIds);
  return {
    ...(agentInvocationId === undefined ? {} : { agentInvocationId }),
    refusals: [...refusals, ...parts.refusals],
  };
};

const sendGood = (rest: Rest, good: readonly string[], refused: Refused | undefined): Promise<Parts> => {
  if (good.length === 0) return Promise.resolve({ sentIds: [], refusals: [] });
  return refused === undefined ? sendPart(rest, good) : sendApart(rest, good, refused);
};
