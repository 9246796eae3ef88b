import { EMPTY_OUTPUT, type OutputStore, type RunOutput } from '../provider/output-store.ts';
import type { SsmCommand, SsmCommandState, SsmInvocation } from './command.ts';
import { isTerminal } from './status.ts';
import { invocationContent, pluginOutput } from './truncation.ts';

const PLUGINS: Readonly<Record<string, string>> = {
  'AWS-RunShellScript': 'aws:runShellScript',
  'AWS-RunPowerShellScript': 'aws:runPowerShellScript',
};

/** The only plugin of a command's document. */
export const pluginOf = (command: SsmCommand): string => PLUGINS[command.documentName] ?? 'aws:runShellScript';

const seconds = (atMs: number): number => atMs / 1_000;

/** A command as SendCommand and ListCommands show it; timestamps are epoch seconds. */
export const commandView = (state: SsmCommandState) => {
  const { command, counts, status } = state;
  return {
    CommandId: command.commandId,
    DocumentName: command.documentName,
    DocumentVersion: command.documentVersion,
    Comment: command.comment,
    ExpiresAfter: seconds(command.expiresAtMs),
    Parameters: command.parameters,
    InstanceIds: command.instanceIds,
    Targets: command.targets,
    RequestedDateTime: seconds(command.requestedAtMs),
    Status: status.status,
    StatusDetails: status.details,
    OutputS3BucketName: '',
    OutputS3KeyPrefix: '',
    MaxConcurrency: command.maxConcurrency,
    MaxErrors: command.maxErrors,
    TargetCount: counts.targets,
    CompletedCount: counts.completed,
    ErrorCount: counts.errors,
    DeliveryTimedOutCount: counts.deliveryTimeouts,
    ServiceRole: '',
    NotificationConfig: { NotificationArn: '', NotificationEvents: [], NotificationType: '' },
    CloudWatchOutputConfig: { CloudWatchLogGroupName: '', CloudWatchOutputEnabled: false },
    TimeoutSeconds: command.timeoutSeconds,
  };
};

/** Output is shown only at the end; before that it is empty. */
const outputOf = (invocation: SsmInvocation, outputs: OutputStore): RunOutput =>
  isTerminal(invocation.pair) ? outputs.get(invocation.output) : EMPTY_OUTPUT;

/** One instance's part as GetCommandInvocation shows it; its times are strings, empty before they are known. */
export const invocationDetail = (command: SsmCommand, invocation: SsmInvocation, outputs: OutputStore) => {
  const { startedAtMs, endedAtMs, pair } = invocation;
  const { stdout, stderr } = invocationContent(outputOf(invocation, outputs));
  return {
    CommandId: command.commandId,
    InstanceId: invocation.instanceId,
    Comment: command.comment,
    DocumentName: command.documentName,
    DocumentVersion: command.documentVersion,
    PluginName: pluginOf(command),
    ResponseCode: invocation.responseCode,
    ExecutionStartDateTime: startedAtMs === undefined ? '' : new Date(startedAtMs).toISOString(),
    ExecutionElapsedTime:
      startedAtMs === undefined || endedAtMs === undefined ? '' : `PT${Math.max(0, endedAtMs - startedAtMs) / 1_000}S`,
    ExecutionEndDateTime: startedAtMs === undefined || endedAtMs === undefined ? '' : new Date(endedAtMs).toISOString(),
    Status: pair.status,
    StatusDetails: pair.details,
    StandardOutputContent: stdout,
    StandardOutputUrl: '',
    StandardErrorContent: stderr,
    StandardErrorUrl: '',
    CloudWatchOutputConfig: { CloudWatchLogGroupName: '', CloudWatchOutputEnabled: false },
  };
};

/** What a row of ListCommandInvocations is made of. */
export interface InvocationRow {
  readonly command: SsmCommand;
  readonly invocation: SsmInvocation;
  readonly instanceName: string;
  readonly outputs: OutputStore;
  readonly details: boolean;
}

/** One row of ListCommandInvocations. */
export const invocationRow = ({ command, invocation, instanceName, outputs, details }: InvocationRow) => ({
  CommandId: command.commandId,
  InstanceId: invocation.instanceId,
  InstanceName: instanceName,
  Comment: command.comment,
  DocumentName: command.documentName,
  DocumentVersion: command.documentVersion,
  RequestedDateTime: seconds(command.requestedAtMs),
  Status: invocation.pair.status,
  StatusDetails: invocation.pair.details,
  StandardOutputUrl: '',
  StandardErrorUrl: '',
  CommandPlugins: details ? [pluginRow(command, invocation, outputs)] : [],
  ServiceRole: '',
  NotificationConfig: { NotificationArn: '', NotificationEvents: [], NotificationType: '' },
  CloudWatchOutputConfig: { CloudWatchLogGroupName: '', CloudWatchOutputEnabled: false },
});

const pluginRow = (command: SsmCommand, invocation: SsmInvocation, outputs: OutputStore) => ({
  Name: pluginOf(command),
  Status: pluginStatus(invocation.pair.status),
  StatusDetails: invocation.pair.details,
  ResponseCode: invocation.responseCode,
  ...(invocation.startedAtMs === undefined ? {} : { ResponseStartDateTime: seconds(invocation.startedAtMs) }),
  ...(invocation.endedAtMs === undefined ? {} : { ResponseFinishDateTime: seconds(invocation.endedAtMs) }),
  Output: pluginOutput(outputOf(invocation, outputs)),
  StandardOutputUrl: '',
  StandardErrorUrl: '',
  OutputS3Region: command.region,
  OutputS3BucketName: '',
  OutputS3KeyPrefix: '',
});

/** Plugins know neither Delayed nor Cancelling. */
const pluginStatus = (status: SsmInvocation['pair']['status']): string =>
  status === 'Delayed' ? 'Pending' : status === 'Cancelling' ? 'InProgress' : status;
