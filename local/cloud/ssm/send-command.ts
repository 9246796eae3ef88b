import type { FleetInstance } from '../fleet.ts';
import type { InstanceAgents } from '../provider/agents.ts';
import { CloudFault } from '../provider/cloud-fault.ts';
import { awsTags, type Caller, type Inventory } from '../provider/inventory.ts';
import type { SsmCommand } from './command.ts';
import type { SendCommandRequest, SsmTarget } from './requests.ts';
import { UPDATE_DOCUMENT } from './update-agent.ts';

const DOCUMENTS = new Set(['AWS-RunShellScript', 'AWS-RunPowerShellScript', UPDATE_DOCUMENT]);
const DOCUMENT_BYTES = 64 * 1024;
const DEFAULT_EXECUTION_SECONDS = 3_600;
/** The documents' own pattern: 1 to 172800. */
const EXECUTION_TIMEOUT = /^([1-9][0-9]{0,4}|1[0-6][0-9]{4}|17[0-1][0-9]{3}|172[0-7][0-9]{2}|172800)$/;
const PARAMETER_REFERENCE = /\{\{\s*[\w:./-]+\s*\}\}/;

/** What a request needs to become a command. */
export interface SendContext {
  readonly inventory: Inventory;
  readonly agents: InstanceAgents;
  readonly caller: Caller;
  readonly commandId: string;
  readonly nowMs: number;
}

/**
 * Checks a SendCommand request as the cloud does and resolves its targets.
 * @throws CloudFault; nothing is sent then, not even to the instances that are in order.
 */
export const newCommand = (request: SendCommandRequest, context: SendContext): SsmCommand => {
  if (!DOCUMENTS.has(request.DocumentName))
    throw new CloudFault('InvalidDocument', `Document ${request.DocumentName} does not exist.`);
  if (!['$DEFAULT', '$LATEST', '1'].includes(request.DocumentVersion))
    throw new CloudFault('InvalidDocumentVersion', 'No such version.');
  if (request.DocumentName === UPDATE_DOCUMENT) checkUpdateParameters(request.Parameters);
  else checkParameters(request.Parameters);
  const targets = resolveTargets(request, context);
  const executionTimeoutSeconds = executionTimeoutOf(request.Parameters);
  return {
    commandId: context.commandId,
    region: context.caller.region,
    account: targets[0]?.account ?? context.caller.accessKeyId,
    accessKeyId: context.caller.accessKeyId,
    documentName: request.DocumentName,
    documentVersion: request.DocumentVersion,
    parameters: request.Parameters,
    comment: request.Comment,
    instanceIds: request.InstanceIds,
    targets: request.Targets,
    targetIds: targets.map((target) => target.id),
    requestedAtMs: context.nowMs,
    expiresAtMs: context.nowMs + (request.TimeoutSeconds + executionTimeoutSeconds) * 1_000,
    timeoutSeconds: request.TimeoutSeconds,
    executionTimeoutSeconds,
    maxConcurrency: request.MaxConcurrency,
    maxErrors: request.MaxErrors,
  };
};

/** Parameters of AWS-UpdateSSMAgent: both may be absent. */
const checkUpdateParameters = ({ version, allowDowngrade, ...others }: SendCommandRequest['Parameters']): void => {
  const unknown = Object.keys(others);
  if (unknown.length > 0)
    throw new CloudFault('InvalidParameters', `The document has no parameter ${unknown.join(', ')}.`);
  if (!/^(\d+(\.\d+){2,3})?$/.test(version?.[0] ?? ''))
    throw new CloudFault('InvalidParameters', 'version must be empty or a version.');
  if (!['true', 'false'].includes(allowDowngrade?.[0] ?? 'false'))
    throw new CloudFault('InvalidParameters', 'allowDowngrade must be true or false.');
};

const checkParameters = (parameters: SendCommandRequest['Parameters']): void => {
  const bytes = Buffer.byteLength(JSON.stringify(parameters));
  if (bytes > DOCUMENT_BYTES) {
    throw new CloudFault(
      'MaxDocumentSizeExceeded',
      `The document with its parameters has ${bytes} bytes; the limit is ${DOCUMENT_BYTES}.`,
    );
  }
  const { commands, workingDirectory, executionTimeout, ...others } = parameters;
  const unknown = Object.keys(others);
  if (unknown.length > 0)
    throw new CloudFault('InvalidParameters', `The document has no parameter ${unknown.join(', ')}.`);
  if (commands === undefined || commands.length === 0)
    throw new CloudFault('InvalidParameters', 'Parameter commands is required.');
  const reference = PARAMETER_REFERENCE.exec(commands.join('\n'))?.[0];
  if (reference !== undefined)
    throw new CloudFault('InvalidParameters', `Parameter ${reference} could not be resolved.`);
  if ((workingDirectory?.[0] ?? '').length > 4_096)
    throw new CloudFault('InvalidParameters', 'workingDirectory is too long.');
  if (executionTimeout !== undefined && !EXECUTION_TIMEOUT.test(executionTimeout[0] ?? '')) {
    throw new CloudFault('InvalidParameters', 'executionTimeout must be 1 to 172800.');
  }
};

/** The agent replaces a time-out below 5 s by its default (pluginutil.ValidateExecutionTimeout). */
const executionTimeoutOf = (parameters: SendCommandRequest['Parameters']): number => {
  const seconds = Number(parameters['executionTimeout']?.[0] ?? DEFAULT_EXECUTION_SECONDS);
  return seconds < 5 ? DEFAULT_EXECUTION_SECONDS : seconds;
};

type Target = Pick<FleetInstance, 'id' | 'account'>;

const resolveTargets = (request: SendCommandRequest, context: SendContext): readonly Target[] => {
  const { InstanceIds: ids, Targets: targets } = request;
  if (ids.length > 0 && targets.length > 0) {
    throw new CloudFault('ValidationException', 'Only one of InstanceIds and Targets may be given.');
  }
  if (ids.length > 0) return ids.map((id, index) => knownInstance(id, ids.indexOf(id) < index, context));
  if (targets.length === 0) throw new CloudFault('InvalidInstanceId', 'Either InstanceIds or Targets must be given.');
  return matchTargets(targets, context);
};

const knownInstance = (id: string, repeated: boolean, { inventory, agents, caller }: SendContext): FleetInstance => {
  if (repeated) throw new CloudFault('DuplicateInstanceId');
  const instance = inventory.find('aws', caller, id);
  if (instance === undefined || instance.behaviour.stopped === true || agents.isMissing(instance)) {
    throw new CloudFault(
      'InvalidInstanceId',
      `Instances [[${id}]] not in a valid state for account ${instance?.account ?? caller.accessKeyId}`,
    );
  }
  return instance;
};

/** Values of one key are alternatives; several keys must all match. Ids that do not exist become targets that nothing reaches. */
const matchTargets = (targets: readonly SsmTarget[], { inventory, agents, caller }: SendContext): readonly Target[] => {
  const byId = targets.find((target) => target.Key.toLowerCase() === 'instanceids');
  const rest = targets.filter((target) => target !== byId);
  const candidates: readonly (Target & Partial<FleetInstance>)[] =
    byId === undefined
      ? inventory.list('aws', caller).filter((instance) => !agents.isMissing(instance))
      : [...new Set(byId.Values)].map((id) => inventory.find('aws', caller, id) ?? { id, account: caller.accessKeyId });
  return candidates.filter((candidate) => rest.every((target) => hasTag(candidate, target)));
};

const hasTag = (candidate: Target & Partial<FleetInstance>, target: SsmTarget): boolean => {
  if (candidate.name === undefined || candidate.tags === undefined) return false;
  const tags: Readonly<Record<string, string>> = { Name: candidate.name, ...candidate.tags };
  if (target.Key === 'tag-key') return target.Values.some((key) => tags[key] !== undefined);
  if (!target.Key.startsWith('tag:')) return false;
  const value = tags[target.Key.slice('tag:'.length)];
  return value !== undefined && target.Values.includes(value);
};

/** Whether an instance has one of the values in the tag; used by the inventory's filters too. */
export const matchesTag = (instance: FleetInstance, key: string, values: readonly string[]): boolean => {
  const value = awsTags(instance)[key];
  return value !== undefined && values.includes(value);
};
