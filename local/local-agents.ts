import { type Pacing, realPacing } from '#functions/adapters/agent/caller.ts';
import { fixedCredentials } from '#functions/adapters/agent/kept-credentials.ts';
import { createAliyunAgent } from '#functions/adapters/aliyun/aliyun-agent.ts';
import { createAliyunCare } from '#functions/adapters/aliyun/aliyun-care.ts';
import { aliyunClients } from '#functions/adapters/aliyun/aliyun-clients.ts';
import {
  type CloudInventory,
  type CloudInventoryOptions,
  createCloudInventory,
} from '#functions/adapters/inventory/cloud-inventory.ts';
import { taggingClients } from '#functions/adapters/inventory/tagging-clients.ts';
import { createSsmAgent } from '#functions/adapters/ssm/ssm-agent.ts';
import { createSsmCare } from '#functions/adapters/ssm/ssm-care.ts';
import { ssmClients } from '#functions/adapters/ssm/ssm-clients.ts';
import type { AgentScope, Agents } from '#shared/ports/agent.ts';
import type { AgentCares } from '#shared/ports/agent-care.ts';
import { DEFAULT_ACCOUNT, type Fleet } from './cloud/fleet.ts';
import type { FleetCloud } from './cloud/fleet-cloud.ts';

/** The local endpoints check the form of a signature, not its secret; a key that is an account sees that account's instances. */
const keyOf = (account: string) => ({ accessKeyId: account, secretAccessKey: 'local' });
const aliyunKeyOf = (account: string) => fixedCredentials({ accessKeyId: account, accessKeySecret: 'local' });

/** Clients of a local cloud's endpoints, by account and region. */
export interface LocalClients {
  readonly ssm: NonNullable<CloudInventoryOptions['aws']>['ssmClientFor'];
  readonly tagging: NonNullable<CloudInventoryOptions['aws']>['taggingClientFor'];
  readonly ecs: Parameters<typeof createAliyunAgent>[0]['clientFor'];
}

/** Where the endpoints of a local cloud are. */
export type LocalEndpoints = Pick<FleetCloud, 'ssmEndpoint' | 'taggingEndpoint' | 'ecsEndpoint'>;

/** The clouds' own clients, pointed at the endpoints of a local cloud, with a key for each account of its fleet. */
export const localClients = (
  { ssmEndpoint, taggingEndpoint, ecsEndpoint }: LocalEndpoints,
  { instances }: Fleet,
): LocalClients => {
  const accounts = [...new Set(instances.map(({ account }) => account))].filter((one) => one !== DEFAULT_ACCOUNT);
  const byAccount = <Key>(make: (account: string) => Key): Readonly<Record<string, Key>> =>
    Object.fromEntries(accounts.map((account) => [account, make(account)]));
  const home = { homeAccount: DEFAULT_ACCOUNT };
  const aws = { ...home, credentials: keyOf(DEFAULT_ACCOUNT), accounts: byAccount(keyOf) };
  return {
    ssm: ssmClients({ ...aws, endpoint: ssmEndpoint }),
    tagging: taggingClients({ ...aws, endpoint: taggingEndpoint }),
    ecs: aliyunClients({
      ...{ ...home, credentials: aliyunKeyOf(DEFAULT_ACCOUNT), accounts: byAccount(aliyunKeyOf) },
      ...{ endpoint: ecsEndpoint, protocol: 'http' },
    }),
  };
};

/** The real adapters over the clients of a local cloud. */
export const connectAgents = (
  clients: LocalClients,
  fleet: Fleet,
  pacing: Pacing = realPacing,
): { readonly agents: Agents; readonly agentCare: AgentCares; readonly clouds: CloudInventory } => ({
  agents: {
    aws: createSsmAgent({ clientFor: clients.ssm, ...pacing }),
    aliyun: createAliyunAgent({ clientFor: clients.ecs, ...pacing }),
  },
  agentCare: {
    aws: createSsmCare({ clientFor: clients.ssm, ...pacing }),
    aliyun: createAliyunCare({ clientFor: clients.ecs, ...pacing }),
  },
  clouds: createCloudInventory({
    aws: { scopes: scopesOf(fleet, 'aws'), ssmClientFor: clients.ssm, taggingClientFor: clients.tagging },
    aliyun: { scopes: scopesOf(fleet, 'aliyun'), clientFor: clients.ecs },
    ...pacing,
  }),
});

/** Accounts and regions of a cloud; instances whose entry names no account are in the own one. */
export const scopesOf = (fleet: Fleet, cloud: 'aws' | 'aliyun'): readonly AgentScope[] => {
  const scopes = new Map<string, AgentScope>();
  for (const one of fleet.instances) {
    if (one.cloud !== cloud) continue;
    const { account, region } = one;
    scopes.set(`${account} ${region}`, { ...(account === DEFAULT_ACCOUNT ? {} : { account }), region });
  }
  return [...scopes].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, scope]) => scope);
};
