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

const withGap = (text: string, mark: string, cutBytes: number): string =>
  text.replace(`\n${mark}g\n`, () => gapText(cutBytes));

/** True when so many bytes arrived. Text in which the agent replaced invalid bytes cannot be measured, and is taken as whole. */
const hasBytes = (text: string, bytes: number): boolean => text.includes('\uFFFD') || utf8Bytes(text) === bytes;

const isWhole = (part: string, mark: string, shownBytes: number, cutBytes: number): boolean => {
  const gap = cutBytes > 0 ? `\n${mark}g\n` : '';
  return part.includes(gap) && hasBytes(part, shownBytes + gap.length);
};

/** Splits what followed the envelope line into the two streams. Total: any text gives a result. */
export const splitText = (text: string, shape: TextShape): PrintedText => {
  const { mark, stdoutBytes, stderrBytes, stdoutCutBytes, stderrCutBytes } = shape;
  if (stdoutBytes + stderrBytes === 0) return { stdout: '', stderr: '', complete: true };
  const stdoutEnd = text.indexOf(`\n${mark}o`);
  const stderrStart = stdoutEnd + mark.length + 3;
  const stderrEnd = text.indexOf(`\n${mark}e`, stdoutEnd < 0 ? 0 : stderrStart - 1);
  const end = stderrEnd < 0 ? text.replace(agentNotes, '').length : stderrEnd;
  const first = text.slice(0, stdoutEnd < 0 ? end : stdoutEnd);
  const second = stdoutEnd < 0 ? '' : text.slice(stderrStart, Math.max(end, stderrStart));
  return {
    stdout: withGap(first, mark, stdoutCutBytes),
    stderr: withGap(second, mark, stderrCutBytes),
    complete:
      stdoutEnd >= 0 &&
      stderrEnd >= 0 &&
      isWhole(first, mark, stdoutBytes - stdoutCutBytes, stdoutCutBytes) &&
      isWhole(second, mark, stderrBytes - stderrCutBytes, stderrCutBytes),
  };
};
