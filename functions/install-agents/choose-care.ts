import type { AgentCareView } from '#shared/contract/agent-views.ts';
import { agentStateOf, type InventoryNode } from '#shared/model/node.ts';

/** What is to be done about an agent. */
export type ChosenCare = Pick<AgentCareView, 'action' | 'says' | 'advice'>;

/** Neither cloud has a call that puts an SSM agent on an instance. */
const awsAdvice = [
  'give the instance a profile with the policy AmazonSSMManagedInstanceCore, or switch on the Default Host Management Configuration of the account and region',
  'see to it that it reaches the endpoints ssm, ssmmessages and ec2messages of its region',
  'install the package amazon-ssm-agent where its image came without it (user data, or by hand)',
].join('; ');

const ofAws = (node: InventoryNode): ChosenCare => {
  const state = agentStateOf(node);
  if (state === 'missing')
    return {
      action: 'manual',
      says: 'is not known to SSM: it has no agent, no rights, or has just been ended',
      advice: awsAdvice,
    };
  if (state === 'silent')
    return {
      action: 'manual',
      says: `has an agent that is silent${since(node)}`,
      advice:
        'start the instance if it is stopped; else look whether the service amazon-ssm-agent runs, and whether it reaches the endpoints of SSM',
    };
  if (node.agentOutdated === false) return { action: 'none', says: `has the latest agent${version(node)}` };
  return { action: 'update', says: `is brought up to date${version(node)}` };
};

const ofAliyun = (node: InventoryNode): ChosenCare => {
  const state = agentStateOf(node);
  if (state === 'online') return { action: 'none', says: `has Cloud Assistant${version(node)}, which updates itself` };
  if (node.stopped === true)
    return { action: 'manual', says: 'is stopped', advice: 'start the instance, then do this again' };
  if (state === 'missing') return { action: 'install', says: 'gets Cloud Assistant' };
  return {
    action: 'manual',
    says: `has Cloud Assistant that is silent${since(node)}`,
    advice: 'look whether the service aliyun (AliyunService on Windows) runs, or restart the instance',
  };
};

const since = ({ lastSeenAt }: InventoryNode): string => (lastSeenAt === undefined ? '' : ` since ${lastSeenAt}`);

const version = ({ agentVersion }: InventoryNode): string => (agentVersion === undefined ? '' : ` (${agentVersion})`);

/** What is to be done about the agent of a node. */
export const chooseCare = (node: InventoryNode): ChosenCare => (node.agent === 'aws' ? ofAws(node) : ofAliyun(node));
