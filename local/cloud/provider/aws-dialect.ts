import type { z } from 'zod';
import { CloudFault } from './cloud-fault.ts';
import type { Call, Dialect, Reply } from './http-endpoint.ts';
import type { Caller } from './inventory.ts';

/** An operation of an AWS JSON service: input as parsed JSON, output as an object. Throws CloudFault. */
export type AwsOperation = (input: unknown, caller: Caller) => object;

/** An AWS service: the name in its signatures, and its operations by target name. */
export interface AwsService {
  readonly signingName: string;
  readonly operations: Readonly<Record<string, AwsOperation>>;
}

const CREDENTIAL = /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/\d{8}\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request/;

/** AWS JSON 1.1: the operation in X-Amz-Target, region and key in the credential scope of the signature. Services by target prefix. */
export const awsDialect = (services: Readonly<Record<string, AwsService>>): Dialect => ({
  actionOf: (call) => targetOf(call)?.operation,
  handle: (_action, call) => {
    const target = targetOf(call);
    const service = services[target?.prefix ?? ''];
    const operation = service?.operations[target?.operation ?? ''];
    if (service === undefined || operation === undefined) throw new CloudFault('UnknownOperationException');
    return reply(200, operation(readJson(call.body), callerOf(call, service)));
  },
  fault: ({ code, status, hasMessage, message }) => {
    const body = { __type: `com.amazonaws.ssm#${code}`, ...(hasMessage ? { message } : {}) };
    return reply(status, body, { 'x-amzn-errortype': code });
  },
  throttled: () => reply(400, { __type: 'com.amazonaws.ssm#ThrottlingException', message: 'Rate exceeded' }),
});

/**
 * Checks a request against the service model.
 * @throws CloudFault SerializationException for a wrong JSON type, ValidationException for a broken constraint.
 */
export const readAws = <Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> => {
  const parsed = schema.safeParse(input, { reportInput: true });
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  const wrongType = parsed.error.issues.find((issue) => issue.code === 'invalid_type' && issue.input !== undefined);
  if (wrongType !== undefined) throw new CloudFault('SerializationException', wrongType.message);
  const count = parsed.error.issues.length;
  const plural = count === 1 ? 'error' : 'errors';
  throw new CloudFault(
    'ValidationException',
    `${count} validation ${plural} detected: Value at '${first?.path.join('.')}' failed to satisfy constraint: ${first?.message}`,
  );
};

const targetOf = (call: Call): { readonly prefix: string; readonly operation: string } | undefined => {
  const header = call.headers['x-amz-target'];
  if (typeof header !== 'string') return undefined;
  const [prefix = '', operation = ''] = header.split('.');
  return { prefix, operation };
};

const callerOf = (call: Call, service: AwsService): Caller => {
  const header = call.headers.authorization;
  if (header === undefined) {
    throw new CloudFault('MissingAuthenticationTokenException', 'Missing Authentication Token', 403);
  }
  const [, accessKeyId, region, signingName] = CREDENTIAL.exec(header) ?? [];
  if (accessKeyId === undefined || region === undefined) {
    throw new CloudFault(
      'IncompleteSignatureException',
      'Authorization header requires an AWS4-HMAC-SHA256 credential.',
      403,
    );
  }
  if (signingName !== service.signingName) {
    const scope = `Credential should be scoped to correct service: '${service.signingName}'.`;
    throw new CloudFault('InvalidSignatureException', scope, 403);
  }
  return { accessKeyId, region };
};

const readJson = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new CloudFault('SerializationException', String(cause));
  }
};

const reply = (status: number, body: object, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.1', ...headers },
  body: JSON.stringify(body),
});
