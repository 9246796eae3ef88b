import type { GetCommandInvocationResult } from '@aws-sdk/client-ssm';

const errorSeparator = '\n----------ERROR-------\n';

/**
 * What SSM's agent and API put behind a text that they cut: at the end, and behind the first of two streams (amazon-ssm-agent, pluginutil).
 */
const cutMark = /(?:---(?:Output|Error) truncated-{3,4}|--output truncated--)(?:\s*$|\n-{10}ERROR-{7}\n)/;

/** True when SSM returned only the head of a text. */
export const isCut = (text: string): boolean => cutMark.test(text);

/** The two streams of GetCommandInvocation in one text, put together as listings do. */
export const joinedText = (row: GetCommandInvocationResult): string => {
  const stdout = row.StandardOutputContent ?? '';
  const stderr = row.StandardErrorContent ?? '';
  return stderr === '' ? stdout : `${stdout}${errorSeparator}${stderr}`;
};
