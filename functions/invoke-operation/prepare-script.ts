import { batchShell } from '#functions/records/batch-shell.ts';
import { fenceOf } from '#functions/records/fence-of.ts';
import { agentOf } from '#functions/records/invocation-parts.ts';
import { isAppError } from '#shared/errors/app-error.ts';
import type { Operation } from '#shared/model/operation.ts';
import type { InvocationRecord } from '#shared/model/run.ts';
import type { Agent } from '#shared/ports/agent.ts';
import type { RenderedWrapper, WrapperFile } from '#shared/script/wrapper.ts';
import { secretsOfOperation } from '#shared/secrets/operation-secrets.ts';
import { deliverFiles } from './deliver-files.ts';
import { type DeliveredSecrets, deliverSecrets } from './deliver-secrets.ts';
import { renderScript } from './render-script.ts';
import { answerSecondsOf, deliverySecondsOf } from './send-times.ts';
import type { SendDeps, Sending, SendState } from './sending.ts';
import { uploadInput } from './upload-input.ts';

const tooLarge = ({ command }: Operation, bytes: number, { kind, limits }: Agent): string => {
  const names = (command?.libraries ?? []).map(({ name }) => name);
  const what = names.length === 0 ? 'script and values' : `script, libraries (${names.join(', ')}) and values`;
  return `script.too-large: ${what} make ${bytes} bytes, ${kind} takes ${limits.scriptBytes}`;
};

/** What goes to the agent. */
export interface Prepared {
  readonly script: RenderedWrapper;
  readonly secretsBlob: string | undefined;
  /** True when nodes fetch files before the script. */
  readonly files: boolean;
}

/** The script with the secrets and files it needs; or why nothing can be sent, which each node's result then says. */
export const prepareScript = async (
  deps: SendDeps,
  state: SendState,
  what: Omit<Rendering, 'secrets' | 'files'>,
): Promise<Prepared | string> => {
  const agent = agentOf(deps.agents, state.batch);
  try {
    const files = await deliverFiles(deps, {
      job: state.place.job,
      params: state.run.params,
      recipients: what.sending.recipients,
      deliverySeconds: deliverySecondsOf(state.batch),
    });
    const secrets = await deliverSecrets(deps, {
      runId: state.run.runId,
      invocationId: what.invocation.invocationId,
      used: secretsOfOperation({ ...state.place, operation: what.sending.operation }, state.run.params),
      agent: agent.kind,
      shell: batchShell(what.sending.recipients.map(({ batchNode }) => batchNode)),
      deliverySeconds: deliverySecondsOf(state.batch),
    });
    const script = await render(deps, state, { ...what, secrets, files });
    const bytes = bytesOf(script);
    if (bytes <= agent.limits.scriptBytes) return { script, secretsBlob: secrets?.blob, files: files.length > 0 };
    if (secrets?.blob !== undefined) await deps.blobs.remove(secrets.blob);
    return tooLarge(what.sending.operation, bytes, agent);
  } catch (error) {
    if (isAppError(error, 'secret.') || isAppError(error, 'file.')) return `${error.code}: ${error.message}`;
    throw error;
  }
};

interface Rendering {
  readonly sending: Sending;
  readonly invocation: InvocationRecord;
  readonly secrets?: DeliveredSecrets | undefined;
  readonly files: readonly WrapperFile[];
}

const bytesOf = (script: RenderedWrapper): number => new TextEncoder().encode(script.content).length;

/**
 * The script with a form for uploads. When it then is more than the agent takes it goes without: long output stays cut, and its results say
 * how many bytes are missing.
 */
const render = async (
  deps: SendDeps,
  { run, place, batch }: SendState,
  { sending, invocation, secrets, files }: Rendering,
): Promise<RenderedWrapper> => {
  const { kind, limits } = agentOf(deps.agents, batch);
  const { operation, recipients } = sending;
  const { tryNumber, createdAt } = invocation;
  const values = { recipients, secrets, files };
  const input = { run, key: place.key, operation, agent: kind, textBytes: limits.textBytes, tryNumber, ...values };
  const upload = await uploadInput(deps, {
    runId: run.runId,
    fence: fenceOf({ run, key: place.key, operationId: operation.id, tryNumber }),
    createdAt,
    answerSeconds: answerSecondsOf(batch, operation),
  });
  const script = renderScript({ ...input, upload });
  if (upload === undefined || bytesOf(script) <= limits.scriptBytes) return script;
  deps.log.info('invocation.without-upload', { runId: run.runId, invocationId: invocation.invocationId });
  return renderScript(input);
};
