import {
  agentsQuerySchema,
  agentsViewSchema,
  installAgentsRequestSchema,
  installAgentsViewSchema,
} from '../agent-views.ts';
import { nodesPageSchema } from '../node-views.ts';
import { nodesQuerySchema } from '../requests.ts';
import { type ApiRoute, ask, read } from './api-route.ts';

/** Endpoints about nodes and their agents. */
export const nodeRoutes = {
  listNodes: {
    ...read,
    path: '/v1/nodes',
    tag: 'nodes',
    summary: 'List the nodes of the inventory, and when it was read',
    query: nodesQuerySchema,
    answer: nodesPageSchema,
  },
  viewAgents: {
    ...read,
    path: '/v1/agents',
    tag: 'nodes',
    summary: 'Count the agents by cloud, account and region, with their versions, and name those that do not answer',
    query: agentsQuerySchema,
    answer: agentsViewSchema,
  },
  installAgents: {
    ...ask,
    path: '/v1/agents/install',
    tag: 'nodes',
    summary: 'Install agents or bring them up to date where the cloud can, and say what is to be done where it cannot',
    body: installAgentsRequestSchema,
    answer: installAgentsViewSchema,
  },
} as const satisfies Record<string, ApiRoute>;
