import { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { clientPerScope } from '#functions/adapters/agent/scope-clients.ts';
import { type AwsClientsOptions, awsClientConfig } from '#functions/adapters/ssm/ssm-clients.ts';
import type { AgentScope } from '#shared/ports/agent.ts';

/** Clients of the Resource Groups Tagging API by account and region. */
export const taggingClients = (
  options: AwsClientsOptions = {},
): ((scope: AgentScope) => ResourceGroupsTaggingAPIClient) =>
  clientPerScope(
    options,
    (region, credentials) => new ResourceGroupsTaggingAPIClient(awsClientConfig(options, region, credentials)),
  );
