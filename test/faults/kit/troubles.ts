import { AppError } from '#shared/errors/app-error.ts';
import { type ErrorCode, isErrorCode } from '#shared/errors/catalogue.ts';

/** The two ways in which a call fails and something goes away by itself. */
export interface Trouble {
  /** The call had no effect. */
  readonly refusal: () => Error;
  /** The call may have had its effect. */
  readonly loss: () => Error;
}

const failure = (name: string, fields: Readonly<Record<string, unknown>>): Error =>
  Object.assign(new Error(`${name}: made by the fault suite`), { name }, fields);

/** What the AWS SDK throws. */
const aws: Trouble = {
  refusal: () => failure('ThrottlingException', { $metadata: { httpStatusCode: 400 } }),
  loss: () => failure('TimeoutError', { code: 'ECONNRESET' }),
};

/** What Alibaba Cloud's client throws. */
const aliyun: Trouble = {
  refusal: () => failure('ThrottlingError', { code: 'Throttling.User' }),
  loss: () => failure('RequestTimeoutError', { code: 'ECONNRESET' }),
};

const clients: Readonly<Record<string, Trouble>> = { table: aws, ssm: aws, tagging: aws, ecs: aliyun };

/** Ports that have no `<port>.unavailable` of their own in the catalogue: what their adapters throw instead. */
const otherCodes: Readonly<Record<string, ErrorCode>> = { blobs: 'store.unavailable' };

const singular = (port: string): string => port.replace(/s$/, '');

const codeOf = (port: string): ErrorCode | undefined =>
  otherCodes[port] ?? [`${port}.unavailable`, `${singular(port)}.unavailable`].find(isErrorCode);

/**
 * How a call fails for a while, by the first part of its name: as a cloud's client says it, or for a port by the code `<port>.unavailable`
 * of the catalogue. Undefined where neither is known: then such a call is only killed, repeated and held back.
 */
export const troubleOf = (callName: string): Trouble | undefined => {
  const [port = ''] = callName.split('.');
  const client = clients[port];
  if (client) return client;
  const code = codeOf(port);
  if (code === undefined) return undefined;
  const error = () => new AppError(code, `${callName}: made by the fault suite`);
  return { refusal: error, loss: error };
};
