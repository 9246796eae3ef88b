import type { Agent } from '#shared/ports/agent.ts';

/** An agent that is connected when it is first called. */
export const lateAgent = (known: Pick<Agent, 'kind' | 'limits'>, connect: () => Promise<Agent>): Agent => ({
  ...known,
  send: async (request) => (await connect()).send(request),
  find: async (query) => (await connect()).find(query),
  look: async (invocation) => (await connect()).look(invocation),
  cancel: async (invocation) => (await connect()).cancel(invocation),
  reach: async (query) => (await connect()).reach(query),
  pushFile: async (request) => (await connect()).pushFile(request),
});
