import { CloudFault } from '../provider/cloud-fault.ts';
import type { Call, Dialect, Reply } from '../provider/http-endpoint.ts';
import type { Caller } from '../provider/inventory.ts';
import { RpcParameters } from './rpc-parameters.ts';

/** An operation of the ECS API. Throws CloudFault. */
export type EcsOperation = (parameters: RpcParameters, caller: Caller) => object;

/** What an Alibaba Cloud endpoint needs besides its operations. */
export interface AcsOptions {
  readonly operations: Readonly<Record<string, EcsOperation>>;
  readonly requestId: () => string;
}

/** How long a throttled caller is told to wait, in milliseconds (header x-acs-retry-after). */
const RETRY_AFTER_MS = 100;
const CREDENTIAL = /^ACS3-HMAC-SHA256 Credential=([^,\s]+),SignedHeaders=[^,]+,Signature=[0-9a-f]{64}$/;
const VERSION = '2014-05-26';

/** Alibaba Cloud's RPC style: parameters in the query string of a POST, action and version in headers (signature version 3). */
export const acsDialect = ({ operations, requestId }: AcsOptions): Dialect => {
  const reply = (status: number, body: object, headers: Readonly<Record<string, string>> = {}): Reply => ({
    status,
    headers: { 'content-type': 'application/json;charset=utf-8', ...headers },
    body: JSON.stringify({ RequestId: requestId(), ...body }),
  });
  const refuse = ({ code, message, status }: CloudFault): Reply =>
    reply(status, { HostId: 'ecs.aliyuncs.com', Code: code, Message: message, Recommend: '' });
  return {
    actionOf: (call) => headerOf(call, 'x-acs-action'),
    handle: (action, call) => {
      const accessKeyId = accessKeyOf(call);
      const operation = operations[action];
      if (operation === undefined || headerOf(call, 'x-acs-version') !== VERSION) {
        throw new CloudFault(
          'InvalidAction.NotFound',
          'Specified api is not found, please check your url and method.',
          404,
        );
      }
      const at = call.url.indexOf('?');
      const parameters = new RpcParameters(at < 0 ? '' : call.url.slice(at + 1), call.body);
      return reply(200, operation(parameters, { accessKeyId, region: parameters.required('RegionId') }));
    },
    fault: (fault) =>
      fault.code === 'InternalServerError'
        ? refuse(new CloudFault('InternalError', fault.message, 500))
        : refuse(fault),
    throttled: () => {
      const fault = new CloudFault('Throttling.User', 'Request was denied due to user flow control.');
      return { ...refuse(fault), headers: { ...refuse(fault).headers, 'x-acs-retry-after': String(RETRY_AFTER_MS) } };
    },
  };
};

const headerOf = (call: Call, name: string): string | undefined => {
  const value = call.headers[name];
  return typeof value === 'string' ? value : undefined;
};

const accessKeyOf = (call: Call): string => {
  const header = call.headers.authorization;
  if (header === undefined) throw new CloudFault('MissingAuthorization', 'The Authorization header is missing.', 400);
  const accessKeyId = CREDENTIAL.exec(header)?.[1];
  if (accessKeyId === undefined) {
    throw new CloudFault('SignatureDoesNotMatch', 'The Authorization header is not of the form ACS3-HMAC-SHA256.', 400);
  }
  return accessKeyId;
};
