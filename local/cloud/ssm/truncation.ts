import type { RunOutput } from '../provider/output-store.ts';
import { SSM_STDERR_BYTES, SSM_STDOUT_BYTES } from '../spawner/capture.ts';

/** Limits and marks of amazon-ssm-agent (iohandler, pluginutil): a limit includes its mark, and counts bytes. */
const SUFFIX = '--output truncated--';
const PLUGIN_OUTPUT_BYTES = 2_500;
const ERROR_TITLE = '\n----------ERROR-------\n';
const OUTPUT_CUT = '\n---Output truncated---';
const ERROR_CUT = '\n---Error truncated----';

/** What GetCommandInvocation returns of an output: its head. */
export const invocationContent = (output: RunOutput): { readonly stdout: string; readonly stderr: string } => ({
  stdout: headOf(output.stdout, output.stdoutBytes, SSM_STDOUT_BYTES),
  stderr: headOf(output.stderr, output.stderrBytes, SSM_STDERR_BYTES),
});

/** What ListCommandInvocations with details returns: both streams in one short text. */
export const pluginOutput = (output: RunOutput): string => {
  const { stdout, stderr } = invocationContent(output);
  const outBytes = Buffer.byteLength(stdout);
  const errorBytes = Buffer.byteLength(stderr);
  const room = PLUGIN_OUTPUT_BYTES - (errorBytes > 0 ? ERROR_TITLE.length : 0);
  const title = errorBytes > 0 ? ERROR_TITLE : '';
  if (outBytes + errorBytes < room) return stdout + title + stderr;
  if (errorBytes === 0) return cut(stdout, room - OUTPUT_CUT.length) + OUTPUT_CUT;
  if (outBytes === 0) return title + cut(stderr, room - ERROR_CUT.length) + ERROR_CUT;
  const half = Math.floor((room - OUTPUT_CUT.length - ERROR_CUT.length) / 2);
  if (outBytes <= half) return stdout + title + cut(stderr, room - ERROR_CUT.length - outBytes) + ERROR_CUT;
  if (errorBytes <= half) return cut(stdout, room - OUTPUT_CUT.length - errorBytes) + OUTPUT_CUT + title + stderr;
  return cut(stdout, half) + OUTPUT_CUT + title + cut(stderr, half) + ERROR_CUT;
};

const headOf = (kept: string, totalBytes: number, limitBytes: number): string =>
  totalBytes < limitBytes ? kept : cut(kept, limitBytes - SUFFIX.length) + SUFFIX;

/** The first bytes of a text, without half a character at the end. */
const cut = (text: string, bytes: number): string => {
  const all = Buffer.from(text);
  let end = Math.min(bytes, all.length);
  // Bytes 10xxxxxx continue a character: a cut before one would split it.
  while (end > 0 && end < all.length && ((all[end] ?? 0) & 0xc0) === 0x80) end--;
  return all.toString('utf8', 0, end);
};
