import { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { type AwsClientsOptions, awsClients } from '#functions/adapters/ssm/ssm-clients.ts';
import type { AgentScope } from '#shared/ports/agent.ts';

/** Clients of the Resource Groups Tagging API by account and region. */
export const taggingClients = (
  options: AwsClientsOptions = {},
): ((scope: AgentScope) => ResourceGroupsTaggingAPIClient) =>
  awsClients(options, (config) => new ResourceGroupsTaggingAPIClient(config));
