import type { AgentScope } from '#shared/ports/agent.ts';

/** An account and region as a reader knows them; the own account is without its name. */
export const placeOf = ({ account, region }: AgentScope): string =>
  account === undefined ? region : `${account} ${region}`;
