/** What can go wrong at a call of a port or of a cloud, once. */
export const callFaults = {
  'kill-before': 'the process dies before the call',
  'kill-after': 'the process dies when the call has taken effect, before its answer is seen',
  'crash-before': 'what makes the call dies alone before it, as one Lambda function does, and is delivered again',
  'crash-after': 'what made the call dies alone when it has taken effect, and is delivered again',
  refuse: 'the call is throttled: it has no effect',
  lose: 'the call takes effect and its answer is lost',
  again: 'the call is made twice, as after an answer that was lost on the way; the second answer counts',
  late: 'the call hangs; what made it is delivered again meanwhile, and the hanging call takes effect afterwards',
} as const;

/** What can go wrong with the delivery of a task, a request or an event, once. */
export const deliveryFaults = {
  'kill-before': 'the process dies when it is delivered',
  'kill-after': 'the process dies when it is done, before its answer is seen',
  twice: 'it is delivered twice at the same time; the last answer counts',
  again: 'it is delivered again when it is done; the second answer counts',
  echo: 'it is delivered again some time later; nobody hears that answer',
} as const;

/** What can go wrong with an agent's event on its way. */
export const eventFaults = {
  drop: 'the event is lost',
  delay: 'the event comes late, after others that were behind it',
} as const;

/** Many faults in one run. */
export const storms = {
  storm: 'calls are killed, refused, repeated and lost at random, as often as the site says',
} as const;

/** What goes wrong at one moment. */
export type FaultKind = keyof typeof callFaults | keyof typeof deliveryFaults | keyof typeof eventFaults;

/** One fault at one place. `site` names the place by what is going on there, not by time: see call-sites.ts. For a storm it is a number. */
export interface Fault {
  readonly kind: FaultKind | keyof typeof storms;
  readonly site: string;
}

const names = (...tables: readonly object[]): ReadonlySet<string> => new Set(tables.flatMap((one) => Object.keys(one)));

const singleKinds = names(callFaults, deliveryFaults, eventFaults);
const allKinds = names(callFaults, deliveryFaults, eventFaults, storms);

const isKind = (text: string): text is Fault['kind'] => allKinds.has(text);

/** True for the name of a fault that strikes once. */
export const isFaultKind = (text: string): text is FaultKind => singleKinds.has(text);

/** A fault as text: `kill-before nextStage a1 g0 #1 > store.getGroup#1 > table.GetItem#1`. */
export const formatFault = ({ kind, site }: Fault): string => `${kind} ${site}`;

/**
 * Reads what {@link formatFault} wrote.
 * @throws Error when it is no such text
 */
export const parseFault = (text: string): Fault => {
  const space = text.indexOf(' ');
  const kind = text.slice(0, space);
  if (space < 0 || !isKind(kind)) throw new Error(`Not a fault: ${text}. Kinds are: ${[...allKinds].join(', ')}`);
  return { kind, site: text.slice(space + 1) };
};
