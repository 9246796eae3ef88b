import type { Shell } from '../script/interpreters.ts';

/** AWS's documents that run a script, by what runs it; the orchestrator needs the right to send them, and events are of them. */
export const ssmDocuments = {
  sh: 'AWS-RunShellScript',
  powershell: 'AWS-RunPowerShellScript',
} as const satisfies Record<Shell, string>;

/** AWS's document that brings the SSM agent up to date. */
export const ssmUpdateDocument = 'AWS-UpdateSSMAgent';

/** An instance that there is not, in either cloud: a sending to it shows the right to send, and has no effect. */
export const noInstance = 'i-00000000000000000';
