import { utf8ToBytes } from '@noble/hashes/utils.js';
import { AppError } from '#shared/errors/app-error.ts';
import type { InvocationId, RunId } from '#shared/model/ids.ts';
import type { AgentKind } from '#shared/model/node.ts';
import type { Sealer, Secrets } from '#shared/ports/secrets.ts';
import type { Blobs, Log } from '#shared/ports/services.ts';
import type { Shell } from '#shared/script/interpreters.ts';
import { utf8Bytes } from '#shared/script/literal.ts';
import { psSecretPayload } from '#shared/script/render-ps-secrets.ts';
import { secretPayload } from '#shared/script/render-secrets.ts';
import type { SealedValues, WrapperSecrets } from '#shared/script/wrapper.ts';
import { leastMaskedBytes, maskedForms } from '#shared/secrets/masked-forms.ts';
import type { OperationSecret } from '#shared/secrets/operation-secrets.ts';
import { formatReference } from '#shared/secrets/reference.ts';

/** So long, after the agent may take an operation no more, can a node fetch: agents keep commands back while others run on the node. */
export const fetchGraceSeconds = 600;

/** What a node may take to fetch secrets, over and above the script's own time: two tries with each of the tools it may have. */
export const fetchSeconds = 90;

/**
 * All secrets of an operation together: they and what is masked of them must fit into the environment of a process, of which Windows gives a
 * variable 32,767 characters, and its nodes look for patterns that are many times longer.
 */
const mostBytes: Readonly<Record<Shell, number>> = { sh: 131_072, powershell: 16_384 };

/** What delivering secrets needs. */
export interface DeliverSecretsDeps {
  readonly secrets: Pick<Secrets, 'fetch'>;
  readonly sealer: Sealer;
  readonly blobs: Pick<Blobs, 'put' | 'addressOf'>;
  readonly log: Log;
}

/** Which secrets go where. */
export interface SecretDelivery {
  readonly runId: RunId;
  readonly invocationId: InvocationId;
  readonly used: readonly OperationSecret[];
  readonly agent: AgentKind;
  readonly shell: Shell;
  /** Seconds from now in which the agent may take the operation. */
  readonly deliverySeconds: number;
}

/** What the wrapper carries, and the blob to remove when every node has answered. */
export interface DeliveredSecrets {
  readonly carried: WrapperSecrets;
  /** The params whose values these are, by number. */
  readonly params: readonly string[];
  readonly blob?: string;
}

/**
 * Fetches the secrets of one sending and seals them for its nodes: encrypted under a fresh key into a blob that the nodes can read for some
 * minutes. The key goes with the command, which clouds keep and show; the blob does not. Undefined when the operation has no secrets.
 * @throws AppError `secret.*`; nothing was put anywhere then
 */
export const deliverSecrets = async (
  deps: DeliverSecretsDeps,
  delivery: SecretDelivery,
): Promise<DeliveredSecrets | undefined> => {
  const { used } = delivery;
  if (used.length === 0) return undefined;
  const numbered = used.map((secret, index) => ({ ...secret, index }));
  const onNode = numbered.filter(({ reference }) => reference.kind === 'oos-secret');
  requireReadable(onNode[0], delivery);
  const fetched = await Promise.all(
    numbered
      .filter(({ reference }) => reference.kind !== 'oos-secret')
      .map(async ({ param, reference, index }) => ({ param, index, value: await deps.secrets.fetch(reference) })),
  );
  warnOfShort(deps, delivery, fetched);
  const carried = {
    fromAgent: Object.fromEntries(onNode.map(({ index, reference }) => [index, reference.name])),
    endWord: deps.sealer.word(),
  };
  const params = used.map(({ param }) => param);
  if (fetched.length === 0) return { carried, params };
  const { sealed, blob } = await seal(deps, delivery, fetched);
  return { carried: { ...carried, sealed }, params, blob };
};

/** What the agent on the node is to put in: only that of Alibaba Cloud does, and no text of PowerShell can hold whatever it may be. */
const requireReadable = (secret: OperationSecret | undefined, { agent, shell }: SecretDelivery): void => {
  if (secret === undefined || (agent === 'aliyun' && shell === 'sh')) return;
  const what = `${formatReference(secret.reference)} (param '${secret.param}')`;
  const why =
    agent === 'aliyun'
      ? 'cannot be put into a script for Windows safely'
      : 'is read by the agent of Alibaba Cloud alone';
  const nodes = agent === 'aliyun' ? 'Windows nodes' : 'nodes of AWS';
  throw new AppError('secret.unsupported', `${what} ${why}`, {
    hint: `Give the param another reference for ${nodes}, such as ssm: or secretsmanager:.`,
  });
};

interface Fetched {
  readonly param: string;
  readonly index: number;
  readonly value: string;
}

const warnOfShort = (
  { log }: DeliverSecretsDeps,
  { runId, invocationId }: SecretDelivery,
  fetched: readonly Fetched[],
) => {
  for (const { param, value } of fetched)
    if (utf8Bytes(value) < leastMaskedBytes) log.warn('secret.too-short-to-mask', { runId, invocationId, param });
};

const seal = async (
  { sealer, blobs }: DeliverSecretsDeps,
  { runId, invocationId, deliverySeconds, shell }: SecretDelivery,
  fetched: readonly Fetched[],
): Promise<{ readonly sealed: SealedValues; readonly blob: string }> => {
  const bytes = fetched.reduce((sum, { value }) => sum + utf8Bytes(value), 0);
  if (bytes > mostBytes[shell])
    throw new AppError(
      'secret.invalid',
      `Its secrets have ${bytes} bytes together; an operation takes ${mostBytes[shell]}${shell === 'sh' ? '' : ' on Windows nodes'}`,
    );
  const values = new Map(fetched.map(({ index, value }) => [index, value]));
  const { content, digest, key } =
    shell === 'sh'
      ? sealer.seal(secretPayload(values, maskedForms([...values.values()])))
      : sealer.seal(psSecretPayload(values), 'cbc');
  // Named by its content: a repeat of the sending makes another one and leaves this to the nodes that have its key.
  const blob = `secrets/${runId}/${invocationId}.${digest}`;
  await blobs.put(blob, utf8ToBytes(content));
  const url = await blobs.addressOf(blob, {
    expiresSeconds: deliverySeconds + fetchGraceSeconds,
    gzip: false,
    fileName: 'sealed',
  });
  if (url !== undefined) return { sealed: { url, digest, key }, blob };
  throw new AppError(
    'secret.unsupported',
    'Nodes cannot reach the blobs of this server, so it cannot hand secrets to them',
  );
};
