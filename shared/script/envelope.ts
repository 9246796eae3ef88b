import { decodeBase64 } from './base64.ts';
import { fenceName } from './fence.ts';
import { type OutputsError, parseOutputs } from './outputs.ts';
import { splitText } from './printed-text.ts';
import { signalOfStatus } from './signals.ts';
import { parseUploads, type StreamUpload } from './upload-field.ts';

/** Why a node did not start a script. It never ran, and under this fence it never will. */
export const refusals = {
  state: 'The node cannot keep state: neither its state directory nor the one under /tmp can be written.',
  instance: 'The node is not among the instances that this script was rendered for.',
  disk: 'The script could not be written to the node. Is its disk full?',
  interpreter: 'The interpreter is not installed on the node.',
  timeout: 'The node has no timeout command (coreutils, busybox), and no script runs without a time limit.',
  directory: 'The working directory does not exist on the node, or cannot be entered.',
  user: 'The node has no such user.',
  stopped: 'It was stopped before it came to this node, which will not start it.',
  runas: 'The agent on the node is not root, so it cannot run the script as another user.',
  secretmasker: 'The node has no awk, which masks secrets in what a script prints; it was not started.',
  secretfetcher: 'The node has none of curl, wget, python3 and perl, so it cannot fetch the secrets.',
  secretfetch:
    'The node could not fetch the secrets: it cannot reach the blobs, or took the operation so late that they were gone.',
  secretwrong: 'What the node fetched in place of the secrets is not what was sent, so it was refused.',
  secretopener: 'The node could not open the secrets: it has no openssl, python3 or .NET that can.',
  filefetch:
    'The node could not fetch a file that the run was given: it has none of curl, wget, python3 and perl, cannot reach the blobs, or it took too long.',
  filewrong: 'What the node fetched in place of a file that the run was given has another digest, so it was not used.',
  secretagent: "The agent on the node did not put the secrets of Alibaba Cloud's parameter store into the script.",
} as const;
export type RefusalCode = keyof typeof refusals;

/** The script ended, or was ended. */
export interface FinishedEnvelope {
  readonly kind: 'finished';
  /**
   * The script's exit status; null when its time ran out or it was cancelled. A script that a signal ended by itself has 128 + n, as the
   * shell reports it, and `signal`; one that exits with such a status cannot be told apart.
   */
  readonly exitCode: number | null;
  /** `SIGTERM` and so on. */
  readonly signal: string | null;
  readonly timedOut: boolean;
  /** The agent asked the wrapper to end, and the tree was ended. */
  readonly cancelled: boolean;
  /** Null where the node's shell has no clock (dash, busybox); the agent's own time is the one to show then. */
  readonly startedAtMs: number | null;
  readonly durationMs: number;
  /** Bytes the script printed, whether or not they are in `stdout` and `stderr`. */
  readonly stdoutBytes: number;
  readonly stderrBytes: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Bytes of both streams that the wrapper left out of the text, and of each. */
  readonly omittedBytes: number;
  readonly stdoutCutBytes: number;
  readonly stderrCutBytes: number;
  /** What the node did with the complete streams; both null when all of the text was to be shown, or nobody asked for more. */
  readonly stdoutUpload: StreamUpload | null;
  readonly stderrUpload: StreamUpload | null;
  /** False when the agent returned less than the wrapper printed: ask it for the longer text if it has one. */
  readonly textComplete: boolean;
  readonly outputs: Readonly<Record<string, string>>;
  readonly outputsError: OutputsError | null;
  /** The node had run this fence before, and answered from its record. */
  readonly replayed: boolean;
  /** Name of the fence on the node: with the node's own part where it has one. */
  readonly fenceName: string;
}

/** The fence exists, the process that owned it is gone, and it recorded no result: the script was started once, and its end is unknown. */
export interface InterruptedEnvelope {
  readonly kind: 'interrupted';
  /** True when processes of the script still run. */
  readonly running: boolean;
}

/** The script was not started. */
export interface RefusedEnvelope {
  readonly kind: 'refused';
  readonly code: RefusalCode;
  /** The code as a sentence. */
  readonly text: string;
  readonly replayed: boolean;
}

/** The script asked for a reboot of its node, which will run it again after that, once it is delivered again. */
export interface RebootingEnvelope {
  readonly kind: 'rebooting';
  /** Reboots that it asked for, this one included. */
  readonly reboots: number;
  readonly replayed: boolean;
}

/** What the wrapper on a node answered. */
export type Envelope = FinishedEnvelope | InterruptedEnvelope | RefusedEnvelope | RebootingEnvelope;

/** An envelope line whose length and end mark are right, and the text behind it. */
interface Found {
  readonly body: string;
  readonly replayed: boolean;
  readonly text: string;
}

const envelopeStart = /drover1 (new|replay) (\d{1,5}) /g;

const foundAt = (text: string, match: RegExpMatchArray): Found | undefined => {
  const start = (match.index ?? 0) + match[0].length;
  const end = start + Number(match[2]);
  const body = text.slice(start, end);
  const lineEnd = /^(?:\r?\n|$)/.exec(text.slice(end, end + 2));
  if (end > text.length || !body.endsWith(' .') || body.includes('\n') || lineEnd === null) return undefined;
  const rest = text.slice(end + lineEnd[0].length);
  // An agent that turned this line's end into CRLF turned all of them.
  return { body, replayed: match[1] === 'replay', text: lineEnd[0] === '\r\n' ? rest.replaceAll('\r\n', '\n') : rest };
};

/** The first envelope; before it may be those of passes that ended in a reboot, because SSM's agent keeps what they printed. */
const findEnvelope = (text: string): Found | undefined => {
  let rebooting: Found | undefined;
  for (const match of text.matchAll(envelopeStart)) {
    const found = foundAt(text, match);
    if (found === undefined) continue;
    if (!found.body.startsWith('rebooting ')) return found;
    rebooting = found;
  }
  return rebooting;
};

const finishedBody = new RegExp(
  [
    '^finished (?<name>\\S+) (?<how>[etcx]) (?<status>-?\\d{1,10}) (?<start>\\d+\\.\\d+) (?<end>\\d+\\.\\d+) (?<epoch>\\S+)',
    '(?<stdoutBytes>\\d{1,15}) (?<stderrBytes>\\d{1,15}) (?<stdoutCut>\\d{1,15}) (?<stderrCut>\\d{1,15})',
    '(?:(?<uploads>u\\S+) )?(?<mark>=\\S+) (?<outputs>-|[=+!].*) \\d{1,3} \\.$',
  ].join(' '),
);

const textOfBase64 = (encoded: string): string | undefined => {
  const bytes = decodeBase64(encoded);
  return bytes && new TextDecoder().decode(bytes);
};

const outputsOf = (field: string): Pick<FinishedEnvelope, 'outputs' | 'outputsError'> | undefined => {
  if (field.startsWith('!')) return { outputs: {}, outputsError: { code: 'tooLarge', bytes: Number(field.slice(1)) } };
  const content = field.startsWith('+') ? textOfBase64(field.slice(1)) : field.slice(1).replaceAll('%', '\n');
  if (content === undefined) return undefined;
  const { values, error } = parseOutputs(content);
  return { outputs: values, outputsError: error };
};

/** Nodes without /proc/uptime stamp with epoch seconds, which no uptime reaches. */
const startedAtMs = (epoch: string, start: string): number | null => {
  if (/^\d+[.,]\d+$/.test(epoch)) return Math.round(Number(epoch.replace(',', '.')) * 1000);
  return Number(start) > 1e9 ? Number(start) * 1000 : null;
};

/**
 * timeout(1) answers 124 when TERM was enough, and dies of its own KILL when it was not. Windows knows no signals: there a script that ended
 * by itself is `x`, and one that was ended has a status below zero.
 */
const endOf = (
  how: string,
  status: number,
): Pick<FinishedEnvelope, 'exitCode' | 'signal' | 'timedOut' | 'cancelled'> => {
  if (how === 'x') return { exitCode: status, signal: null, timedOut: false, cancelled: false };
  if (how === 'e') return { exitCode: status, signal: signalOfStatus(status), timedOut: false, cancelled: false };
  const killed = status === 137 ? 'SIGKILL' : 'SIGTERM';
  const signal = status < 0 ? null : killed;
  return { exitCode: null, signal, timedOut: how === 't', cancelled: how === 'c' };
};

const finished = ({ body, replayed, text }: Found): FinishedEnvelope | undefined => {
  const fields = finishedBody.exec(body)?.groups;
  if (fields === undefined) return undefined;
  const {
    name = '',
    how = '',
    status = '',
    start = '',
    end = '',
    epoch = '',
    mark = '',
    outputs = '',
    uploads = '',
  } = fields;
  const count = (name: string): number => Number(fields[name]);
  const carried = outputsOf(outputs);
  if (carried === undefined) return undefined;
  const shape = { stdoutBytes: count('stdoutBytes'), stderrBytes: count('stderrBytes') };
  const cuts = { stdoutCutBytes: count('stdoutCut'), stderrCutBytes: count('stderrCut') };
  const [stdoutUpload, stderrUpload] = parseUploads(uploads);
  const { stdout, stderr, complete } = splitText(text, { mark, ...shape, ...cuts });
  return {
    kind: 'finished',
    ...endOf(how, Number(status)),
    startedAtMs: startedAtMs(epoch, start),
    durationMs: Math.max(0, Math.round((Number(end) - Number(start)) * 1000)),
    ...shape,
    stdout,
    stderr,
    omittedBytes: cuts.stdoutCutBytes + cuts.stderrCutBytes,
    ...cuts,
    stdoutUpload,
    stderrUpload,
    textComplete: complete,
    ...carried,
    replayed,
    fenceName: name,
  };
};

const isRefusalCode = (code: string): code is RefusalCode => Object.hasOwn(refusals, code);

const refused = ({ body, replayed }: Found): RefusedEnvelope | undefined => {
  const code = /^refused \S+ (\w+) 125 \.$/.exec(body)?.[1];
  return code === undefined || !isRefusalCode(code)
    ? undefined
    : { kind: 'refused', code, text: refusals[code], replayed };
};

const interrupted = ({ body }: Found): InterruptedEnvelope | undefined => {
  const running = /^interrupted \S+ ([01]) 125 \.$/.exec(body)?.[1];
  return running === undefined ? undefined : { kind: 'interrupted', running: running === '1' };
};

const rebooting = ({ body, replayed }: Found): RebootingEnvelope | undefined => {
  const passes = /^rebooting \S+ (\d) \S+ \d+ \d{1,4} \.$/.exec(body)?.[1];
  return passes === undefined ? undefined : { kind: 'rebooting', reboots: Number(passes) + 1, replayed };
};

const isOfFence = (body: string, fence: string): boolean => {
  const name = body.split(' ')[1];
  return name === fenceName(fence) || name?.startsWith(`${fenceName(fence)}@`) === true;
};

/**
 * The envelope in what an agent returned: with noise before it, line ends changed, the text behind it cut or with a hole. Undefined when no
 * intact envelope is there: then nothing is known but what the agent itself says. With a fence, only that fence's envelope counts, so that
 * output which looks like an envelope is never taken for one when the real one is lost. Never throws on any text.
 */
export const parseEnvelope = (text: string, fence?: string): Envelope | undefined => {
  const found = findEnvelope(text);
  if (found === undefined || (fence !== undefined && !isOfFence(found.body, fence))) return undefined;
  return finished(found) ?? refused(found) ?? interrupted(found) ?? rebooting(found);
};
