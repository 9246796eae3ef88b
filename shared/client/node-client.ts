import type { z } from 'zod';
import type {
  AgentsQuery,
  AgentsView,
  InstallAgentsView,
  installAgentsRequestSchema,
} from '../contract/agent-views.ts';
import { apiRoutes } from '../contract/api-routes.ts';
import type { NodesPage } from '../contract/node-views.ts';
import type { NodesQuery } from '../contract/requests.ts';
import { type ClientOptions, sendRequest } from './send-request.ts';
import { toPage } from './to-page.ts';

/** Which agents to look after, as a caller writes it. */
export type InstallAgentsRequestInput = z.input<typeof installAgentsRequestSchema>;

/** Nodes and agents as functions. */
export interface NodeClient {
  listNodes(query?: Partial<NodesQuery>): Promise<NodesPage>;
  viewAgents(query?: Partial<AgentsQuery>): Promise<AgentsView>;
  installAgents(request: InstallAgentsRequestInput): Promise<InstallAgentsView>;
}

/** The part of the client that is about nodes. */
export const createNodeClient = (options: ClientOptions): NodeClient => ({
  listNodes: async (query = {}) => {
    const { data } = await sendRequest(options, apiRoutes.listNodes, { query });
    const { readAt, problem } = data;
    return { ...toPage(data), readAt, ...(problem === undefined ? {} : { problem }) };
  },
  viewAgents: async (query = {}) => (await sendRequest(options, apiRoutes.viewAgents, { query })).data,
  installAgents: async (body) => (await sendRequest(options, apiRoutes.installAgents, { body })).data,
});
