import { utf8Bytes } from './literal.ts';
import { renderPs, renderStopPs } from './render-ps.ts';
import { renderSh, renderStopSh } from './render-sh.ts';
import { checkedInput, type WrapperInput } from './wrapper-input.ts';

export type {
  InstanceValues,
  SealedValues,
  SecretText,
  UploadInput,
  WrapperFile,
  WrapperInput,
  WrapperSecrets,
} from './wrapper-input.ts';

/** A rendered wrapper, to be sent as a script for the shell of its input. */
export interface RenderedWrapper {
  readonly content: string;
  /** True when the text holds literals that Aliyun's agent replaces: by the instance id, by a secret. */
  readonly needsInstanceId: boolean;
}

const renderers = {
  sh: { wrapper: renderSh, stop: renderStopSh },
  powershell: { wrapper: renderPs, stop: renderStopPs },
} as const;

const needsInstanceId = ({ perInstance, instanceIdFrom }: WrapperInput): boolean =>
  perInstance !== undefined && instanceIdFrom === 'aliyun';

const takesFromAgent = ({ upload, secrets, instanceIdFrom }: WrapperInput): boolean =>
  instanceIdFrom === 'aliyun' && (upload !== undefined || Object.keys(secrets?.fromAgent ?? {}).length > 0);

/**
 * The script that an agent runs on a node: at most once per fence, with values as data, in time, and with one envelope line as its answer
 * (see envelope.ts). Pure: the same input renders the same bytes.
 * @throws AppError `script.invalid` for values that cannot be carried and settings out of range
 */
export const renderWrapper = (input: WrapperInput): RenderedWrapper => ({
  content: renderers[input.shell ?? 'sh'].wrapper(checkedInput(input)),
  needsInstanceId: needsInstanceId(input) || takesFromAgent(input),
});

/**
 * The script that ends, on a node, what {@link renderWrapper} started there for the same input; agents' own cancel kills the wrapper, and of
 * the script's tree at most what they find. Its answer is an envelope too: `finished` (cancelled now, or ended before), `interrupted` (the
 * wrapper was killed; `running` tells whether the tree is there still), or `refused` with `stopped` (never started, and never will be: the
 * fence is taken). Of the input it needs fence, node keys and user only. Takes at most 4 × `killAfterSeconds` + 15 seconds.
 * @throws AppError as {@link renderWrapper} does
 */
export const renderStop = (input: WrapperInput): RenderedWrapper => ({
  content: renderers[input.shell ?? 'sh'].stop(checkedInput(input)),
  needsInstanceId: needsInstanceId(input),
});

/**
 * Bytes of the rendered wrapper before any encoding, to hold against the agent's limit when planning.
 * @throws AppError as {@link renderWrapper} does
 */
export const wrapperBytes = (input: WrapperInput): number => utf8Bytes(renderWrapper(input).content);
