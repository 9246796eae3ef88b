import * as openApiCore from '@alicloud/openapi-core';
import { $OpenApiUtil, OpenApiUtil } from '@alicloud/openapi-core';
import { fieldOf, networkCodeOf } from '#functions/adapters/agent/call-failure.ts';
import { callWith, type KeptCredentials } from '#functions/adapters/agent/kept-credentials.ts';

/** An access key, with the token of a temporary one. */
export interface AliyunCredentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string;
}

/** Where an RPC style service of Alibaba Cloud is called. */
export interface RpcService {
  /** Host and port, without a scheme. */
  readonly endpoint: string;
  readonly protocol: 'https' | 'http';
  readonly region: string;
  /** Of the service's API, such as `2014-05-26`. */
  readonly version: string;
}

/** Sends one signed request; the answer is the parsed JSON. */
export type RpcTransport = (action: string, query: Readonly<Record<string, unknown>>) => Promise<unknown>;

/** The client's own timeouts are three seconds, which a call to a far region under load exceeds. */
const connectTimeoutMs = 5_000;
const readTimeoutMs = 20_000;

type ClientClass = typeof openApiCore.default;

/** The package is CommonJS: Node.js hands its exports over as the default export, other loaders the class itself. */
const classOf = (loaded: ClientClass | { readonly default: ClientClass }): ClientClass =>
  'default' in loaded ? loaded.default : loaded;

/**
 * The error of a call that got no answer, without its message: that has the whole URL, and so the script. Its code and name stay. Errors
 * that the cloud answered with are returned as they are.
 */
const withoutUrl = (error: unknown): unknown => {
  const code = networkCodeOf(error);
  if (!(error instanceof Error) || (code === undefined && error.name !== 'RequestTimeoutError')) return error;
  return Object.assign(new Error(`No answer: ${code ?? error.name}`), {
    name: error.name,
    ...(code === undefined ? {} : { code }),
  });
};

/**
 * Codes about a key or token that is over, was disabled, or is not known (any more), and about a secret that is another one by now (ECS API
 * reference, common errors).
 */
const isStale = (error: unknown): boolean =>
  /^(InvalidAccessKeyId|InvalidSecurityToken)\.|^SignatureDoesNotMatch$/.test(String(fieldOf(error, 'code')));

/** How the client asks for credentials at each call, with the words by which the SDK's own sources of fixed ones call themselves. */
const askedFor = (credentials: AliyunCredentials) => {
  const words =
    credentials.securityToken === undefined
      ? { type: 'access_key', providerName: 'static_ak' }
      : { type: 'sts', providerName: 'static_sts' };
  return { getCredential: async () => ({ ...credentials, ...words }) };
};

/**
 * Signed calls through the SDK's generic client; a call is made once more when the cloud does not take the credentials and there are others.
 * The generated clients would do the same behind hundreds of methods and megabytes, which is too much to load in a function.
 */
export const rpcTransport = (service: RpcService, kept: KeptCredentials<AliyunCredentials>): RpcTransport => {
  const Client = classOf(openApiCore.default);
  const connect = (credentials: AliyunCredentials) => {
    const { region, endpoint, protocol } = service;
    const times = { connectTimeout: connectTimeoutMs, readTimeout: readTimeoutMs };
    const config = new $OpenApiUtil.Config({ regionId: region, endpoint, protocol, ...times });
    // Set afterwards, as the constructor would look for the SDK's own class of credentials, which bundles leave out.
    return new Client(Object.assign(config, { credential: askedFor(credentials) }));
  };
  let last: { readonly credentials: AliyunCredentials; readonly client: ReturnType<typeof connect> } | undefined;
  const clientOf = (credentials: AliyunCredentials) => {
    if (last?.credentials !== credentials) last = { credentials, client: connect(credentials) };
    return last.client;
  };
  // Settings for one call only; there are none, and any of the SDK's models stands for that.
  const runtime = new $OpenApiUtil.GlobalParameters({});
  return async (action, query) => {
    const params = new $OpenApiUtil.Params({
      action,
      version: service.version,
      protocol: 'HTTPS',
      pathname: '/',
      method: 'POST',
      authType: 'AK',
      style: 'RPC',
      reqBodyType: 'formData',
      bodyType: 'json',
    });
    const call = async (credentials: AliyunCredentials): Promise<unknown> => {
      const request = new $OpenApiUtil.OpenApiRequest({ query: OpenApiUtil.query(query) });
      const { body }: Readonly<Record<string, unknown>> = await clientOf(credentials).callApi(params, request, runtime);
      return body;
    };
    try {
      return await callWith(kept, { call, isStale });
    } catch (error) {
      throw withoutUrl(error);
    }
  };
};
