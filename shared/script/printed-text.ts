import { decodeBase64 } from './base64.ts';
import { utf8Bytes } from './literal.ts';

/** What the envelope says of the text behind it. */
export interface TextShape {
  readonly mark: string;
  readonly stdoutBytes: number;
  readonly stderrBytes: number;
  /** Bytes that the wrapper left out of the middle of each stream. */
  readonly stdoutCutBytes: number;
  readonly stderrCutBytes: number;
}

/** The script's streams, as far as they were printed and returned. */
export interface PrintedText {
  readonly stdout: string;
  readonly stderr: string;
  /** True when the agent returned all that the wrapper printed. */
  readonly complete: boolean;
}

/** What SSM puts behind text that it cut. */
const agentNotes = /\n?-{2,3} ?(?:output|error) truncated-*\s*$/i;

/** What stands in a stream for the bytes that were left out of its middle. */
export const gapText = (cutBytes: number): string => `\n[... ${cutBytes} bytes omitted ...]\n`;

/** One stream as it was printed, without the agent's own changes. */
interface Part {
  readonly text: string;
  /** Bytes that arrived, the gap not among them; undefined where the agent replaced invalid ones, so that nobody can tell. */
  readonly bytes: number | undefined;
  readonly hasGap: boolean;
}

const gapOf = (mark: string): string => `\n${mark}g\n`;

const plainPart = (printed: string, mark: string, cutBytes: number): Part => {
  const hasGap = printed.includes(gapOf(mark));
  const bytes = printed.includes('\uFFFD') ? undefined : utf8Bytes(printed) - (hasGap ? gapOf(mark).length : 0);
  return { text: printed.replace(gapOf(mark), () => gapText(cutBytes)), bytes, hasGap };
};

/** As much of base64 as is there: text that was cut ends anywhere. */
const decodedStart = (encoded: string): Uint8Array => {
  const clean = /^[A-Za-z0-9+/]*={0,2}/.exec(encoded.replaceAll('\r', ''))?.[0] ?? '';
  return decodeBase64(clean.slice(0, clean.length - (clean.length % 4))) ?? new Uint8Array();
};

const encodedPart = (printed: string, mark: string, cutBytes: number): Part => {
  const pieces = printed.split(gapOf(mark)).map(decodedStart);
  const text = pieces.map((bytes) => new TextDecoder().decode(bytes)).join(gapText(cutBytes));
  return { text, bytes: pieces.reduce((sum, bytes) => sum + bytes.length, 0), hasGap: pieces.length > 1 };
};

const isWhole = ({ bytes, hasGap }: Part, streamBytes: number, cutBytes: number): boolean =>
  (bytes === undefined || bytes === streamBytes - cutBytes) && hasGap === cutBytes > 0;

/**
 * Splits what followed the envelope line into the two streams. A mark that begins with `=b` says that both are in base64, so that an agent that
 * changes code pages cannot change them. Total: any text gives a result.
 */
export const splitText = (text: string, shape: TextShape): PrintedText => {
  const { mark, stdoutBytes, stderrBytes, stdoutCutBytes, stderrCutBytes } = shape;
  if (stdoutBytes + stderrBytes === 0) return { stdout: '', stderr: '', complete: true };
  const partOf = mark.startsWith('=b') ? encodedPart : plainPart;
  const stdoutEnd = text.indexOf(`\n${mark}o`);
  const stderrStart = stdoutEnd + mark.length + 3;
  const stderrEnd = text.indexOf(`\n${mark}e`, stdoutEnd < 0 ? 0 : stderrStart - 1);
  const end = stderrEnd < 0 ? text.replace(agentNotes, '').length : stderrEnd;
  const first = partOf(text.slice(0, stdoutEnd < 0 ? end : stdoutEnd), mark, stdoutCutBytes);
  const second = partOf(stdoutEnd < 0 ? '' : text.slice(stderrStart, Math.max(end, stderrStart)), mark, stderrCutBytes);
  return {
    stdout: first.text,
    stderr: second.text,
    complete:
      stdoutEnd >= 0 &&
      stderrEnd >= 0 &&
      isWhole(first, stdoutBytes, stdoutCutBytes) &&
      isWhole(second, stderrBytes, stderrCutBytes),
  };
};
