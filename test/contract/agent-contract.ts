import { fileContract } from './agent-contract-files.ts';
import { runningContract } from './agent-contract-running.ts';
import { sendingContract } from './agent-contract-sending.ts';
import type { AgentKindUnderTest } from './open-agent.ts';

/** What every implementation of the port Agent does, on the local cloud. */
export const agentContract = (kind: AgentKindUnderTest): void => {
  runningContract(kind);
  sendingContract(kind);
  fileContract(kind);
};
