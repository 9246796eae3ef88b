import * as openApiCore from '@alicloud/openapi-core';
import { $OpenApiUtil, OpenApiUtil } from '@alicloud/openapi-core';
import { networkCodeOf } from '#functions/adapters/agent/call-failure.ts';
import { type AccountCredentials, clientPerScope } from '#functions/adapters/agent/scope-clients.ts';
import type { AgentScope } from '#shared/ports/agent.ts';
import { createEcsCalls, type EcsCalls, type EcsTransport } from './ecs-calls.ts';

/** An access key, with the token of a temporary one. */
export interface AliyunCredentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string;
}

/** Where Alibaba Cloud is and who calls it; the credentials are the home account's. */
export interface AliyunClientsOptions extends AliyunCredentials, AccountCredentials<AliyunCredentials> {
  /** Host and port without a scheme, instead of the region's own endpoint. */
  readonly endpoint?: string;
  readonly protocol?: 'https' | 'http';
}

/** The client's own timeouts are three seconds, which a call to a far region under load exceeds. */
const connectTimeoutMs = 5_000;
const readTimeoutMs = 20_000;

type ClientClass = typeof openApiCore.default;

/** The package is CommonJS: Node.js hands its exports over as the default export, other loaders the class itself. */
const classOf = (loaded: ClientClass | { readonly default: ClientClass }): ClientClass =>
  'default' in loaded ? loaded.default : loaded;

/** The endpoint of a region (ECS API reference, "Endpoints"): the oldest region has a name of its own. */
const endpointOf = (region: string): string =>
  region === 'cn-hangzhou' ? 'ecs-cn-hangzhou.aliyuncs.com' : `ecs.${region}.aliyuncs.com`;

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
 * Signed calls through the SDK's generic client. The generated ECS client would do the same behind 380 methods and four megabytes, which
 * is too much to load in a function.
 */
const transportOf = (options: AliyunClientsOptions, credentials: AliyunCredentials, region: string): EcsTransport => {
  const { accessKeyId, accessKeySecret, securityToken } = credentials;
  const Client = classOf(openApiCore.default);
  const client = new Client(
    new $OpenApiUtil.Config({
      accessKeyId,
      accessKeySecret,
      ...(securityToken === undefined ? {} : { securityToken }),
      regionId: region,
      endpoint: options.endpoint ?? endpointOf(region),
      protocol: options.protocol ?? 'https',
      connectTimeout: connectTimeoutMs,
      readTimeout: readTimeoutMs,
    }),
  );
  // Settings for one call only; there are none, and any of the SDK's models stands for that.
  const runtime = new $OpenApiUtil.GlobalParameters({});
  return async (action, query) => {
    const params = new $OpenApiUtil.Params({
      action,
      version: '2014-05-26',
      protocol: 'HTTPS',
      pathname: '/',
      method: 'POST',
      authType: 'AK',
      style: 'RPC',
      reqBodyType: 'formData',
      bodyType: 'json',
    });
    const request = new $OpenApiUtil.OpenApiRequest({ query: OpenApiUtil.query(query) });
    try {
      const { body }: Readonly<Record<string, unknown>> = await client.callApi(params, request, runtime);
      return body;
    } catch (error) {
      throw withoutUrl(error);
    }
  };
};

/** ECS calls by account and region. */
export const aliyunClients = (options: AliyunClientsOptions): ((scope: AgentScope) => EcsCalls) =>
  clientPerScope<AliyunCredentials, EcsCalls>(options, (region, credentials) =>
    createEcsCalls(region, transportOf(options, credentials ?? options, region)),
  );
