import type { SsmCommand } from './command.ts';
import type { StatusPair } from './status.ts';

/** EventBridge events of Run Command ("Monitoring Systems Manager events with EventBridge"). They carry the coarse status only. */
const envelope = (command: SsmCommand, resource: string | undefined, atMs: number) => ({
  version: '0',
  source: 'aws.ssm',
  account: command.account,
  time: new Date(Math.floor(atMs / 1_000) * 1_000).toISOString().replace('.000Z', 'Z'),
  region: command.region,
  resources: resource === undefined ? [] : [`arn:aws:ec2:${command.region}:${command.account}:instance/${resource}`],
});

/** Says that a command as a whole has a new status. */
export const commandEvent = (id: string, command: SsmCommand, pair: StatusPair, atMs: number) => ({
  id,
  'detail-type': 'EC2 Command Status-change Notification',
  ...envelope(command, command.targetIds[0], atMs),
  detail: {
    'command-id': command.commandId,
    'document-name': command.documentName,
    'expire-after': new Date(command.expiresAtMs).toISOString(),
    parameters: command.parameters,
    'requested-date-time': new Date(command.requestedAtMs).toISOString(),
    status: pair.status,
  },
});

/** What happened to a command on one instance. */
export interface InvocationChange {
  readonly instanceId: string;
  readonly pair: StatusPair;
}

/** Says that a command has a new status on one instance. */
export const invocationEvent = (id: string, command: SsmCommand, change: InvocationChange, atMs: number) => ({
  id,
  'detail-type': 'EC2 Command Invocation Status-change Notification',
  ...envelope(command, change.instanceId, atMs),
  detail: {
    'command-id': command.commandId,
    'document-name': command.documentName,
    'instance-id': change.instanceId,
    'requested-date-time': new Date(command.requestedAtMs).toISOString(),
    status: change.pair.status,
  },
});
