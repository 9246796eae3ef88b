import { AppError } from '#shared/errors/app-error.ts';
import type { Agent } from '#shared/ports/agent.ts';

/** An agent that is connected when it is first called. Of a kind that sends again, because it does not run a script again after a reboot. */
export const lateAgent = (known: Pick<Agent, 'kind' | 'limits'>, connect: () => Promise<Agent>): Agent => ({
  ...known,
  send: async (request) => (await connect()).send(request),
  find: async (query) => (await connect()).find(query),
  look: async (invocation) => (await connect()).look(invocation),
  cancel: async (invocation) => (await connect()).cancel(invocation),
  reach: async (query) => (await connect()).reach(query),
  sendAgain: async (invocation) => {
    const agent = await connect();
    if (agent.sendAgain === undefined)
      throw new AppError('internal.bug', `The ${agent.kind} agent sends nothing again`);
    return agent.sendAgain(invocation);
  },
  pushFile: async (request) => (await connect()).pushFile(request),
});
