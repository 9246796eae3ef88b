import type { Shell } from '../script/interpreters.ts';

/** AWS's documents that run a script, by what runs it; the orchestrator needs the right to send them, and events are of them. */
export const ssmDocuments = {
  sh: 'AWS-RunShellScript',
  powershell: 'AWS-RunPowerShellScript',
} as const satisfies Record<Shell, string>;

/** AWS's document that brings the SSM agent up to date. */
export const ssmUpdateDocument = 'AWS-UpdateSSMAgent';
