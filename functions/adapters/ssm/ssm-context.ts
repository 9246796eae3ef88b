import type { SSMClient } from '@aws-sdk/client-ssm';
import type { CallName } from '#functions/adapters/agent/call-name.ts';
import type { Caller } from '#functions/adapters/agent/caller.ts';
import type { AgentLimits, AgentScope } from '#shared/ports/agent.ts';

/**
 * What SSM takes and returns: 50 ids in SendCommand (API reference), 64 KB of document with its parameters, of which the rest is
 * SSM's own; 24,000 characters of output in GetCommandInvocation, of which the wrapper's envelope takes up to 8,000.
 */
export const ssmLimits: AgentLimits = { instances: 50, scriptBytes: 60_000, textBytes: 16_000 };

/** Rows of a page, of all listing calls of SSM. */
export const pageSize = 50;

/** What the parts of the SSM agent share. */
export interface SsmContext {
  readonly clientFor: (scope: AgentScope) => SSMClient;
  readonly caller: Caller;
  /** True when the 2,500 characters of a listing are not the whole text, so that the longer text is worth a call. */
  readonly needsFullText: (text: string) => boolean;
}

/** Names a call. */
export const callName = (action: string, { account, region }: AgentScope): CallName => ({
  ...{ agent: 'aws', service: 'SSM', action, region },
  ...(account === undefined ? {} : { account }),
});
